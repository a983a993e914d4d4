"""The commands for feeds: `feeds add`, `list`, `remove`, `import`, `poll`."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from bot.cli.options import (
    DATA_DIR,
    GUILD,
    JSON,
    opened,
    options,
    settings_of,
    show_result,
)


@click.group(invoke_without_command=True)
@click.pass_context
def feeds(context: click.Context) -> None:
    """RSS, Atom and JSON feeds whose articles come in automatically: the bot polls them, or `feeds poll` does.

    \b
    briefing feeds add https://example.org/rss.xml
    briefing feeds poll
    briefing feeds list
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@feeds.command("add")
@click.argument("url")
@options(GUILD, DATA_DIR, JSON)
def add_feed(url: str, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Subscribe to a feed, or to the one that a web page names. Its articles come with the next poll.

    \b
    briefing feeds add https://example.org/rss.xml
    briefing feeds add https://example.org/ --guild 123456789012345678
    """
    from bot.presentation import json_output, terminal_operations
    from retrieval.feeds.entries import FeedError
    from retrieval.http.page import FetchError
    from retrieval.services.feeds import KnownFeedError

    with opened(settings_of(data_dir)) as briefing:
        try:
            feed, new = briefing.feeds.subscribe(url, guild or ""), True
        except KnownFeedError as error:
            feed, new = error.subscription, False
        except (FetchError, FeedError) as error:
            raise click.ClickException(f"{url}: {error}") from error
    show_result(as_json, partial(json_output.feed_added, feed, new), partial(terminal_operations.feed_added, feed, new))


@feeds.command("list")
@options(DATA_DIR, JSON)
def list_feeds(data_dir: Path | None, as_json: bool) -> None:
    """List the feeds: when they were last read, how many articles they brought, and their errors.

    \b
    briefing feeds list
    """
    from bot.presentation import json_output, terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        found = briefing.feeds.subscriptions()
    show_result(as_json, partial(json_output.feeds, found), partial(terminal_operations.feeds, found))


@feeds.command("remove")
@click.argument("name")
@options(DATA_DIR, JSON)
def remove_feed(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Stop polling a feed, named by its number in the list, its address or its title. Its articles stay.

    \b
    briefing feeds remove https://example.org/rss.xml
    briefing feeds remove 3
    """
    from bot.presentation import json_output, terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        feed = briefing.feeds.unsubscribe(name)
    show_result(as_json, partial(json_output.feed_removed, feed), partial(terminal_operations.feed_removed, feed))


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options(GUILD, DATA_DIR, JSON)
def import_feeds(file: Path, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Subscribe to the feeds of an OPML file, as other feed readers export them. The next poll reads them.

    \b
    briefing feeds import subscriptions.opml
    """
    from bot.presentation import terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        came = briefing.feeds.import_feeds(file.read_bytes(), guild or "")
    show_result(as_json, partial(asdict, came), partial(terminal_operations.imported, came))


@feeds.command("poll")
@click.option("--all", "everything", is_flag=True, help="Also the feeds that are not due yet.")
@options(DATA_DIR, JSON)
def poll_feeds(everything: bool, data_dir: Path | None, as_json: bool) -> None:
    """Read the feeds that are due and store their new articles. Run it by hand or from cron; the bot polls by itself.

    \b
    briefing feeds poll
    briefing feeds poll --all --json
    """
    from bot.presentation import terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        report = briefing.feeds.poll(everything)
    show_result(as_json, partial(asdict, report), partial(terminal_operations.polled, report))
