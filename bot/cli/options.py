"""The options, settings and output that commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import date

    from bot.settings import BotSettings
    from retrieval.domain.searches import Filter
    from retrieval.services.briefing import Briefing


class Guild(click.ParamType[str]):
    """The id of a Discord server, or `all`; becomes the scope of articles."""

    name = "guild"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The scope that the value names."""
        from retrieval.domain.articles import SHARED

        if value == "all":
            return SHARED
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**63):
            self.fail(f"{value} is neither the id of a Discord server nor `all`", param, ctx)
        return str(int(value))


DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Where articles and indexes are kept. [default: BRIEFING_DATA_DIR, else .briefing]",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
SINCE = click.option("--since", metavar="DATE", help="Only articles of this day or later, e.g. 2024-12-03.")
UNTIL = click.option("--until", metavar="DATE", help="Only articles of this day or earlier.")
AS_OF = click.option("--as-of", metavar="DATE", help="The day of asking. [default: today]")
OUTLET = click.option("--outlet", "outlets", metavar="NAME", multiple=True, help="Only this outlet; may be repeated.")
TAG = click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only with this tag; may be repeated.")
GUILD = click.option(
    "--guild", type=Guild(), metavar="ID|all", help="Who sees the articles: one Discord server, or all."
)


def options(*chosen: Callable[..., Any]) -> Callable[..., Any]:
    """The options as one decorator, listed in this order by `--help`."""

    def apply(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(chosen):
            command = option(command)
        return command

    return apply


def settings_of(data_dir: Path | None) -> BotSettings:
    """The settings, with this data folder if the option names one."""
    from bot.settings import load_bot_settings

    return load_bot_settings(data_dir)


@contextmanager
def opened(settings: BotSettings) -> Iterator[Briefing]:
    """The briefing over the settings' data folder; closed at the end."""
    from bot.presentation.terminal import progress
    from retrieval.bootstrap import open_briefing

    with open_briefing(settings, progress()) as briefing:
        yield briefing


def seeds() -> Path:
    """The folder of the articles to start with."""
    from retrieval.bootstrap import seeds_folder

    folder = seeds_folder()
    if folder is None:
        raise click.ClickException("no articles yet: name a file or folder, `briefing ingest PATH`")
    return folder


def note_if_empty(briefing: Briefing) -> None:
    """Note on standard error that no articles are stored, if that is so."""
    from bot.presentation.terminal import progress

    if briefing.articles.is_empty():
        progress().note("no articles yet: add some with `briefing ingest PATH`")


def narrow(
    since: str | None, until: str | None, as_of: str | None, outlets: Sequence[str]
) -> tuple[Filter, date | None]:
    """The filter and the day of asking that the options name."""
    from dataclasses import replace

    from retrieval.errors import QuestionError
    from retrieval.question.calendar import parse_day, parse_window

    try:
        only = replace(parse_window(since, until), outlets=tuple(outlets))
        return only, parse_day(as_of, end=True) if as_of else None
    except QuestionError as error:
        raise click.UsageError(str(error).rstrip(".")) from error


def show_result(as_json: bool, document: Callable[[], Any], lines: Callable[[], str]) -> None:
    """Print a result as one JSON document or as text."""
    if as_json:
        from bot.presentation.json_output import dump

        click.echo(dump(document()))
    else:
        click.echo(lines())
