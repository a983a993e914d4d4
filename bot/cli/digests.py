"""The command `digest`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from bot.cli.options import (
    DATA_DIR,
    JSON,
    SINCE,
    UNTIL,
    narrow,
    opened,
    options,
    settings_of,
    show_result,
)


@click.command()
@click.option("--date", "on", metavar="DATE", help="One day, or a month. [default: the day of the newest article]")
@options(SINCE, UNTIL)
@click.option("--topic", metavar="TEXT", help="Only stories about this.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "html", "json"]), help="What to print. [default: text]"
)
@options(DATA_DIR, JSON)
def digest(
    on: str | None,
    since: str | None,
    until: str | None,
    topic: str | None,
    form: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Print the stories of one day or several, the most important first, in the articles' own sentences.

    \b
    briefing digest --date 2024-12-03
    briefing digest --since 2024-12-01 --until 2024-12-07 --topic "NATO membership"
    briefing digest --format html > digest.html
    """
    from bot.presentation import digest_files, json_output

    if on and (since or until):
        raise click.UsageError("--date goes without --since and --until")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json goes without --format {form}")
    only, _as_of = narrow(on or since, on or until, None, ())
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        composed = briefing.digests.compose(only, topic)
    sheet = {"markdown": digest_files.markdown, "html": digest_files.page}.get(form or "", digest_files.text)
    show_result(
        as_json or form == "json",
        partial(json_output.digest, composed, settings.bases),
        partial(sheet, composed, topic, settings.bases),
    )
