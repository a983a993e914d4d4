"""The options, settings, completion and output that commands share."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

if TYPE_CHECKING:
    from datetime import date

    from bot.presentation.terminal_style import Style
    from bot.settings import BotSettings
    from retrieval.domain.articles import Filter
    from retrieval.services.briefing import Briefing
    from retrieval.storage.known_names import NameKind


class ServerId(click.ParamType[str]):
    """The id of a Discord server."""

    name = "server"
    fault = "is not the id of a Discord server"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value, if it may be one."""
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**63):
            self.fail(f"{value} {self.fault}", param, ctx)
        return str(int(value))


class Guild(ServerId):
    """The id of a Discord server, or `all`; becomes the scope of articles."""

    name = "guild"
    fault = "is neither the id of a Discord server nor `all`"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The scope that the value names."""
        from retrieval.domain.articles import SHARED

        return SHARED if value == "all" else super().convert(value, param, ctx)


def words(name: str) -> Callable[..., Any]:
    """An argument of one or more words, which the command gets as one text."""

    def join(_context: click.Context, _argument: click.Parameter, given: tuple[str, ...]) -> str:
        return " ".join(given)

    return click.argument(name, nargs=-1, required=True, metavar=f"{name.upper()} ...", callback=join)


def _complete(kind: NameKind) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """The completion of the names of articles or outlets; it offers nothing where they cannot be read."""

    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        from retrieval.settings import load_settings
        from retrieval.storage.known_names import known_names

        with suppress(Exception):
            found = known_names(load_settings(context.params.get("data_dir")), kind)
            begins = begun.casefold()
            return [CompletionItem(name, help=about) for name, about in found if name.casefold().startswith(begins)]
        return []

    return complete


ARTICLES, OUTLETS = _complete("files"), _complete("outlets")


@add_completion_class
class QuotingBash(BashComplete):
    """Completion in bash, which takes words as typed: the name of an outlet may have spaces."""

    def format_completion(self, item: CompletionItem) -> str:
        """The completion as it would be typed."""
        plain = item.type == "plain" and not item.value.startswith("-")
        return f"{item.type},{shlex.quote(item.value) if plain else item.value}"


DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Where articles and indexes are kept. [default: BRIEFING_DATA_DIR, else .briefing]",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
SINCE = click.option("--since", metavar="DATE", help='From this day on: 2024-12-03, "3 Dec 2024", 2024-12.')
UNTIL = click.option("--until", metavar="DATE", help="Up to this day.")
AS_OF = click.option("--as-of", metavar="DATE", help="The day of asking. [default: today]")
OUTLET = click.option(
    "--outlet",
    "outlets",
    metavar="NAME",
    multiple=True,
    shell_complete=OUTLETS,
    help="Only this outlet; may be repeated.",
)
TAG = click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only with this tag; may be repeated.")
GUILD = click.option(
    "--guild", type=Guild(), metavar="ID|all", help="Who sees the articles: one Discord server, or all."
)


def _choose_color(context: click.Context, _option: click.Parameter, wanted: str | None) -> None:
    if wanted:
        context.meta[_COLOR] = wanted


_COLOR = "briefing.color"
COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    expose_value=False,
    callback=_choose_color,
    help="Bold, colours and links. [default: auto, at a terminal unless NO_COLOR is set]",
)


def options(*chosen: Callable[..., Any]) -> Callable[..., Any]:
    """The options as one decorator, listed in this order by `--help`; who names the data folder gets `--color` too."""
    if DATA_DIR in chosen:
        chosen = (*chosen, COLOR)

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
def opened(settings: BotSettings, holds_index: bool = True) -> Iterator[Briefing]:
    """The briefing over the settings' data folder; closed at the end. A command that asks once needs no index."""
    from bot.presentation.terminal import progress
    from retrieval.bootstrap import open_briefing

    with open_briefing(settings, progress(), holds_index=holds_index) as briefing:
        yield briefing


def fill_if_empty(briefing: Briefing) -> None:
    """Bring in the sample articles if no article is stored, and say so on standard error."""
    from bot.presentation.terminal_style import note
    from retrieval.ingestion.files import list_files

    if not briefing.articles.is_empty():
        return
    folder = seeds()
    count = len(list_files([folder]).sources)
    note(f"no articles yet: bringing in the {count} sample articles (`briefing remove {folder}/` removes them)")
    briefing.articles.ingest([folder])


def seeds() -> Path:
    """The folder of the articles to start with."""
    from retrieval.bootstrap import seeds_folder

    folder = seeds_folder()
    if folder is None:
        raise click.ClickException("no articles yet: name a file or folder, `briefing ingest PATH`")
    return folder


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


def style() -> Style:
    """The style for standard output that `--color` and the environment ask for."""
    from bot.presentation.terminal_style import style_of

    context = click.get_current_context(silent=True)
    return style_of(sys.stdout, os.environ, context.meta.get(_COLOR, "auto") if context else "auto")


def show_result(as_json: bool, document: Callable[[], Any], lines: Callable[[], str], hanging: int | None = 4) -> None:
    """Print a result as one JSON document or as text.

    At a terminal, lines of text that are too long go on below, `hanging` further in; None leaves them as they are.
    """
    if as_json:
        from bot.presentation.json_output import dump

        click.echo(dump(document()))
        return
    from bot.presentation.terminal_style import fit

    text = lines()
    # The codes in it are ours alone, so they are kept for a pipe too, where `--color always` asks for them.
    click.echo(fit(text, hanging) if hanging is not None and sys.stdout.isatty() else text, color=True)
