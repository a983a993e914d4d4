"""The commands for feeds (`feeds add`, `list`, `poll` ...) and for watched topics (`watch add`, `list`, `run` ...)."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bot.cli.options import DATA_DIR, GUILD, JSON, opened, options, settings_of, show_result, style, words

if TYPE_CHECKING:
    from retrieval.domain.reports import WatchedFor


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
    from bot.presentation import json_output, terminal_reports
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
    show_result(as_json, partial(json_output.feed_added, feed, new), partial(terminal_reports.feed_added, feed, new))


@feeds.command("list")
@options(DATA_DIR, JSON)
def list_feeds(data_dir: Path | None, as_json: bool) -> None:
    """List the feeds: when they were last read, how many articles they brought, and their errors.

    \b
    briefing feeds list
    """
    from bot.presentation import json_output, terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        found = briefing.feeds.subscriptions()
    show_result(as_json, partial(json_output.feeds, found), partial(terminal_reports.feeds, found))


@feeds.command("remove")
@click.argument("name")
@options(DATA_DIR, JSON)
def remove_feed(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Stop polling a feed, named by its number in the list, its address or its title. Its articles stay.

    \b
    briefing feeds remove https://example.org/rss.xml
    briefing feeds remove 3
    """
    from bot.presentation import json_output, terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        feed = briefing.feeds.unsubscribe(name)
    show_result(as_json, partial(json_output.feed_removed, feed), partial(terminal_reports.feed_removed, feed))


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options(GUILD, DATA_DIR, JSON)
def import_feeds(file: Path, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Subscribe to the feeds of an OPML file, as other feed readers export them. The next poll reads them.

    \b
    briefing feeds import subscriptions.opml
    """
    from bot.presentation import terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        came = briefing.feeds.import_feeds(file.read_bytes(), guild or "")
    show_result(as_json, partial(asdict, came), partial(terminal_reports.imported, came))


@feeds.command("poll")
@click.option("--all", "everything", is_flag=True, help="Also the feeds that are not due yet.")
@options(DATA_DIR, JSON)
def poll_feeds(everything: bool, data_dir: Path | None, as_json: bool) -> None:
    """Read the feeds that are due and store their new articles. Run it by hand or from cron; the bot polls by itself.

    \b
    briefing feeds poll
    briefing feeds poll --all --json
    """
    from bot.presentation import terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        report = briefing.feeds.poll(everything)
    show_result(as_json, partial(asdict, report), partial(terminal_reports.polled, report))


# The exit status for news, where it is asked for.
_NEWS = 3


@click.group(invoke_without_command=True)
@click.pass_context
def watch(context: click.Context) -> None:
    """Topics whose news you see once: when a position changes, sources begin to disagree, or there is new evidence.

    \b
    briefing watch add "Ukraine NATO membership"
    briefing watch run
    briefing watch list
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@watch.command("add")
@words("topic")
@click.option(
    "--only",
    type=click.Choice(["changes", "disagreements", "anything"]),
    default="anything",
    show_default=True,
    help="The news that are wanted.",
)
@options(DATA_DIR, JSON)
def add_watch(topic: str, only: str, data_dir: Path | None, as_json: bool) -> None:
    """Watch a topic from now on; what the articles say of it already is no news.

    \b
    briefing watch add "interest rates" --only changes
    """
    from bot.presentation import json_output, terminal_reports
    from retrieval.domain.articles import SHARED

    with opened(settings_of(data_dir)) as briefing:
        added = briefing.watches.add(SHARED, topic, cast("WatchedFor", only))
    show_result(as_json, partial(json_output.watch, added), partial(terminal_reports.watch_added, added))


@watch.command("list")
@options(DATA_DIR, JSON)
def list_watches(data_dir: Path | None, as_json: bool) -> None:
    """List the watched topics with their numbers."""
    from bot.presentation import json_output, terminal_reports
    from retrieval.domain.articles import SHARED

    with opened(settings_of(data_dir)) as briefing:
        kept = briefing.watches.kept.of(SHARED)
    show_result(as_json, partial(json_output.watches, kept), partial(terminal_reports.watch_list, kept))


@watch.command("run")
@click.option("--exit-code", is_flag=True, help=f"Exit with {_NEWS} if there is news, for cron and scripts.")
@options(DATA_DIR, JSON)
def run_watches(exit_code: bool, data_dir: Path | None, as_json: bool) -> None:
    """Look at the watched topics that new articles are about, and print the news once.

    \b
    briefing feeds poll && briefing watch run
    briefing watch run --exit-code || notify-send "News"
    """
    from bot.presentation import json_output, terminal_reports
    from retrieval.domain.articles import SHARED

    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        watches = briefing.watches
        running = [each for each in watches.kept.of(SHARED) if not each.paused]
        arrivals = watches.arrivals()
        looks = [(each, watches.check(each, arrivals)) for each in running]
        news = [look.news for _, look in looks if look.news]
        bases = settings.bases
        lines = partial(terminal_reports.watch_news, len(running), news, bases, style())
        show_result(as_json, partial(json_output.watch_news, len(running), news, bases), lines)
        # Kept once it is printed: a run that is cut off before tells the news again.
        for each, look in looks:
            watches.kept.keep(each.id, look.state)
    if exit_code and news:
        click.get_current_context().exit(_NEWS)


@watch.command("pause")
@click.argument("number", type=int)
@options(DATA_DIR)
def pause_watch(number: int, data_dir: Path | None) -> None:
    """Stop looking at a watched topic for a while."""
    _set_paused(number, data_dir, paused=True)


@watch.command("resume")
@click.argument("number", type=int)
@options(DATA_DIR)
def resume_watch(number: int, data_dir: Path | None) -> None:
    """Look at a paused topic again; what came in meanwhile is looked at too."""
    _set_paused(number, data_dir, paused=False)


@watch.command("remove")
@click.argument("number", type=int)
@options(DATA_DIR)
def remove_watch(number: int, data_dir: Path | None) -> None:
    """Watch a topic no longer."""
    from retrieval.domain.articles import SHARED

    with opened(settings_of(data_dir)) as briefing:
        if not briefing.watches.kept.remove(number, SHARED):
            raise _unknown(number)
    click.echo(f"Topic {number} is not watched any longer.")


def _set_paused(number: int, data_dir: Path | None, paused: bool) -> None:
    from retrieval.domain.articles import SHARED

    with opened(settings_of(data_dir)) as briefing:
        if not briefing.watches.kept.pause(number, SHARED, paused):
            raise _unknown(number)
    click.echo(f"Topic {number} is {'paused' if paused else 'watched again'}.")


def _unknown(number: int) -> click.ClickException:
    return click.ClickException(f"there is no watched topic {number}: see `briefing watch list`")
