"""The command line: parse, one call into retrieval, print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import exits

if TYPE_CHECKING:
    from datetime import date

    from bot.settings import BotSettings
    from retrieval.briefing import Briefing
    from retrieval.models import Filter, IngestReport

_data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Where articles and indexes are kept. [default: BRIEFING_DATA_DIR, else .briefing]",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
_since = click.option("--since", metavar="DATE", help="Only articles of this day or later, e.g. 2024-12-03.")
_until = click.option("--until", metavar="DATE", help="Only articles of this day or earlier.")
_as_of = click.option("--as-of", metavar="DATE", help="The day of asking. [default: today]")
_outlet = click.option("--outlet", "outlets", metavar="NAME", multiple=True, help="Only this outlet; may be repeated.")


class Guild(click.ParamType[str]):
    """The id of a Discord server, or `all`; becomes the scope of articles."""

    name = "guild"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The scope that the value names."""
        from retrieval.models import SHARED

        if value == "all":
            return SHARED
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**63):
            self.fail(f"{value} is neither the id of a Discord server nor `all`", param, ctx)
        return str(int(value))


def _options(*options: Callable[..., Any]) -> Callable[..., Any]:
    def apply(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return apply


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="briefing")
@click.pass_context
def briefing(context: click.Context) -> None:
    """Answers questions from your articles, with citations that open the very sentence.

    \b
    briefing ask "Does Ukraine still want to join NATO?"
    briefing ingest reports/ clippings/2024.pdf
    briefing search "security guarantees" --since 2024-12-01 -k 5
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@briefing.command()
@click.argument("paths", nargs=-1)
@click.option("--guild", type=Guild(), metavar="ID|all", help="Who sees these articles: one Discord server, or all.")
@_options(_data_dir, _json)
def ingest(paths: Sequence[str], guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Bring articles in: files and folders of .txt, .md, .html and .pdf, gzip'd or not, and web pages by their
    addresses. [default: seeds]

    Run it again whenever files changed: what is unchanged costs nothing, what has gone is taken out.
    With --guild ID only that Discord server's questions see these articles, with --guild all everybody's; without it,
    what is stored stays whose it is, and what is new is for all. At the command line all articles are seen.

    \b
    briefing ingest reports/
    briefing ingest clippings/2024.pdf --json
    briefing ingest https://example.org/news/article
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        report = _bring_in(opened, paths, guild)
    _print(as_json, partial(documents.ingest, report), partial(terminal.ingest, report))


@briefing.command()
@click.argument("question")
@_options(_since, _until, _as_of, _outlet)
@click.option("--max-sentences", type=click.IntRange(1, 20), help="Longest answer. [default: 3, of 80 words]")
@_options(_data_dir, _json)
def ask(question: str, max_sentences: int | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Answer a question from the articles, or say that they do not answer it.

    Dates and outlets in the question count: "in December 2024", "this week", "according to AP".

    \b
    briefing ask "Does Ukraine still want to join NATO?"
    briefing ask "What did NATO say about membership?" --until 2024-12-31
    """
    from bot.shown import documents, terminal

    only, as_of = _narrow(**narrowing)
    settings = _settings(data_dir)
    with _open(settings) as opened:
        if opened.is_empty():
            opened.ingest([_seeds()])
        answer = opened.ask(question, only, as_of, max_sentences)
    _print(as_json, partial(documents.answer, answer, settings.bases), partial(terminal.answer, answer, settings.bases))


@briefing.command()
@click.argument("query")
@click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@_options(_since, _until, _as_of, _outlet, _data_dir, _json)
def search(query: str, count: int, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """List the passages that best match a query, best first.

    \b
    briefing search "security guarantees" -k 5
    briefing search "NATO summit" --since 2024-12-01 --json
    """
    from bot.shown import documents, terminal

    only, as_of = _narrow(**narrowing)
    settings = _settings(data_dir)
    with _open(settings) as opened:
        hits = opened.search(query, count, only, as_of)
        if not hits and opened.is_empty():
            terminal.progress().note("no articles yet: bring some in with `briefing ingest PATH`")
    _print(as_json, partial(documents.passages, hits, settings.bases), partial(terminal.passages, hits))


@briefing.command()
@click.option("--date", "on", metavar="DATE", help="One day, or a month. [default: the newest day there is]")
@_options(_since, _until)
@click.option("--topic", metavar="TEXT", help="Only stories about this.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "html", "json"]), help="What to print. [default: text]"
)
@_options(_data_dir, _json)
def digest(
    on: str | None,
    since: str | None,
    until: str | None,
    topic: str | None,
    form: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """The stories of a day or of some days, the weightiest first, in the articles' own sentences.

    \b
    briefing digest --date 2024-12-03
    briefing digest --since 2024-12-01 --until 2024-12-07 --topic "NATO membership"
    briefing digest --format html > digest.html
    """
    from bot.shown import documents, sheets

    if on and (since or until):
        raise click.UsageError("--date goes without --since and --until")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json goes without --format {form}")
    only, _as_of = _narrow(on or since, on or until, None, ())
    settings = _settings(data_dir)
    with _open(settings) as opened:
        made = opened.digest(only, topic)
    sheet = {"markdown": sheets.markdown, "html": sheets.page}.get(form or "", sheets.text)
    _print(
        as_json or form == "json",
        partial(documents.digest, made, settings.bases),
        partial(sheet, made, topic, settings.bases),
    )


@briefing.command()
@click.argument("claim")
@click.option("--file", metavar="FILE", help="Check against this article alone.")
@_options(_since, _until, _outlet, _data_dir, _json)
def verify(claim: str, file: str | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Say whether the articles support a claim, and show the sentences that tell.

    Judged by likeness of words and meaning: supported, partly, unsupported or contradicted.

    \b
    briefing verify "Ukraine gave up its nuclear arsenal."
    briefing verify "NATO has 40 members." --file 002_109866a445957986.txt --json
    """
    from bot.shown import documents, terminal

    only, _as_of = _narrow(as_of=None, **narrowing)
    settings = _settings(data_dir)
    with _open(settings) as opened:
        given = opened.verify(claim, only, file=file)
        if not given.evidence and opened.is_empty():
            terminal.progress().note("no articles yet: bring some in with `briefing ingest PATH`")
    _print(as_json, partial(documents.verdict, given, settings.bases), partial(terminal.verdict, given, settings.bases))


@briefing.command()
@click.argument("file")
@_options(_data_dir, _json)
def show(file: str, data_dir: Path | None, as_json: bool) -> None:
    """Print a stored article; with --json, what is known of it.

    \b
    briefing show 001_82df3489a97b2c5e.txt
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        article, text = opened.show(file)
    _print(as_json, partial(documents.article, article), partial(terminal.article, text))


@briefing.command()
@click.argument("names", nargs=-1, required=True)
@_options(_data_dir, _json)
def remove(names: Sequence[str], data_dir: Path | None, as_json: bool) -> None:
    """Take articles out: by the name they are cited by, or by the file, folder or web address they came from.

    \b
    briefing remove 001_82df3489a97b2c5e.txt
    briefing remove seeds/ old/clippings.pdf
    briefing remove https://example.org/news/article
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        removed = opened.remove(*names)
    _print(as_json, partial(documents.plain, {"removed": removed}), partial(terminal.removed, removed))


@briefing.group(invoke_without_command=True)
@click.pass_context
def feeds(context: click.Context) -> None:
    """RSS, Atom and JSON feeds whose articles come in by themselves: the bot polls them, or you do.

    \b
    briefing feeds add https://example.org/rss.xml
    briefing feeds poll
    briefing feeds list
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@feeds.command("add")
@click.argument("url")
@click.option("--guild", type=Guild(), metavar="ID|all", help="Who sees its articles: one Discord server, or all.")
@_options(_data_dir, _json)
def add_feed(url: str, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Subscribe to a feed, or to the one that a web page names. Its articles come with the next poll.

    \b
    briefing feeds add https://example.org/rss.xml
    briefing feeds add https://example.org/ --guild 123456789012345678
    """
    from bot.shown import documents, terminal
    from retrieval.feeds.entries import FeedError
    from retrieval.intake.intake import KnownFeedError
    from retrieval.web.page import FetchError

    with _open(_settings(data_dir)) as opened:
        try:
            feed, new = opened.intake.subscribe(url, guild or ""), True
        except KnownFeedError as error:
            feed, new = error.subscription, False
        except (FetchError, FeedError) as error:
            raise click.ClickException(f"{url}: {error}") from error
    _print(as_json, partial(documents.feed_added, feed, new), partial(terminal.feed_added, feed, new))


@feeds.command("list")
@_options(_data_dir, _json)
def list_feeds(data_dir: Path | None, as_json: bool) -> None:
    """The feeds, when each was last read, how many articles it brought, and what is wrong with it.

    \b
    briefing feeds list
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        found = opened.intake.subscriptions()
    _print(as_json, partial(documents.feeds, found), partial(terminal.feeds, found))


@feeds.command("remove")
@click.argument("name")
@_options(_data_dir, _json)
def remove_feed(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Poll a feed no longer: by its number in the list, its address or its title. Its articles stay.

    \b
    briefing feeds remove https://example.org/rss.xml
    briefing feeds remove 3
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        feed = opened.intake.unsubscribe(name)
    _print(as_json, partial(documents.feed_removed, feed), partial(terminal.feed_removed, feed))


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--guild", type=Guild(), metavar="ID|all", help="Who sees their articles: one Discord server, or all.")
@_options(_data_dir, _json)
def import_feeds(file: Path, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Subscribe to the feeds of an OPML file, as other feed readers export them. The next poll reads them.

    \b
    briefing feeds import subscriptions.opml
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        came = opened.intake.import_feeds(file.read_bytes(), guild or "")
    _print(as_json, partial(documents.imported, came), partial(terminal.imported, came))


@feeds.command("poll")
@click.option("--all", "everything", is_flag=True, help="Also the feeds that are not due yet.")
@_options(_data_dir, _json)
def poll_feeds(everything: bool, data_dir: Path | None, as_json: bool) -> None:
    """Read the feeds that are due, and take their new articles in. Run it by hand or from cron; the bot polls itself.

    \b
    briefing feeds poll
    briefing feeds poll --all --json
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        report = opened.intake.poll(everything)
    _print(as_json, partial(documents.polled, report), partial(terminal.polled, report))


@briefing.command("eval")
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first questions of the file.")
@click.option(
    "--gold", is_flag=True, help="Only questions whose evidence is known (gold files), and unanswerable ones."
)
@click.option("--as-of-cutoff", is_flag=True, help="Hide articles later than a question's as_of.")
@_options(_data_dir, _json)
def evaluate(
    questions: Path, limit: int | None, gold: bool, as_of_cutoff: bool, data_dir: Path | None, as_json: bool
) -> None:
    """Measure retrieval and answers on a file of questions (JSON lines).

    \b
    briefing eval questions.jsonl --data-dir .briefing-news
    """
    from bot.shown import documents, terminal
    from retrieval import evaluation

    asked = evaluation.read_questions(questions, limit)
    if gold:
        asked = [question for question in asked if question.gold or not question.answerable]
    with _open(_settings(data_dir)) as opened:
        outcomes = evaluation.run(opened, asked, terminal.progress(), cutoff=as_of_cutoff)
    figures = evaluation.summarise(outcomes)
    _print(as_json, partial(documents.plain, figures), partial(terminal.figures, figures))


@briefing.command()
@click.option("--sync", is_flag=True, help="Tell Discord of the commands even where they have not changed.")
@_options(_data_dir)
def bot(sync: bool, data_dir: Path | None) -> None:
    """Run the Discord bot until it is stopped. The token is read from DISCORD_TOKEN.

    Exit status 1: a setting must be mended first (`briefing doctor` says which). 75: try again in a while.

    \b
    briefing bot
    """
    import asyncio
    import logging

    from bot.service import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = _settings(data_dir)
    with _open(settings) as opened:
        if opened.is_empty():
            opened.ingest([_seeds()])
        asyncio.run(serve(opened, settings, sync))


@briefing.command()
@_options(_data_dir, _json)
def feedback(data_dir: Path | None, as_json: bool) -> None:
    """What people thought of the answers they were given, oldest first.

    \b
    briefing feedback --json > feedback.json
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        judged = opened.feedback.all()
    _print(as_json, partial(documents.feedback, judged), partial(terminal.feedback, judged))


@briefing.command()
@_options(_data_dir, _json)
def stats(data_dir: Path | None, as_json: bool) -> None:
    """What the language model was asked and what that cost, by day (UTC) and model.

    Tokens are those its provider counted, or an estimate where it counts none. Costs need the prices of a million
    tokens, BRIEFING_CHAT_PRICE_IN and BRIEFING_CHAT_PRICE_OUT.

    \b
    briefing stats
    """
    from bot.shown import documents, terminal

    with _open(_settings(data_dir)) as opened:
        days = opened.usage.stats()
    _print(as_json, partial(documents.stats, days), partial(terminal.stats, days))


@briefing.command()
@_options(_data_dir, _json)
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Check settings, data folder, indexes, model, Discord and the reader page, and say how to mend each.

    \b
    briefing doctor
    """
    from bot.health.doctor import examine
    from bot.shown import documents, terminal

    findings = examine(data_dir)
    _print(as_json, partial(documents.findings, findings), partial(terminal.findings, findings))
    if not all(finding.well for finding in findings):
        raise click.ClickException("not everything is well, see above")


def main() -> None:
    """Run the command line; every failure is one line on standard error and an exit status."""
    exits.stop_on_sigterm()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status: 0 done, 1 failed, 2 wrong usage, 75 busy, 130 stopped."""
    return exits.run(briefing, arguments)


def _settings(data_dir: Path | None) -> BotSettings:
    from bot.settings import load_bot_settings

    return load_bot_settings(data_dir)


@contextmanager
def _open(settings: BotSettings) -> Iterator[Briefing]:
    from bot.shown.terminal import progress
    from retrieval.build import open_briefing

    with open_briefing(settings, progress()) as opened:
        yield opened


def _bring_in(opened: Briefing, paths: Sequence[str], guild: str | None) -> IngestReport:
    urls = [path for path in paths if "://" in path]
    files = [Path(path) for path in paths if path not in urls]
    if not urls:
        return opened.ingest(files or [_seeds()], guild)
    found = opened.ingest(files, guild) if files else None
    pages = opened.intake.add_pages(urls, guild or "")
    if found is None and len(pages.skipped) == len(urls):
        from bot.shown.terminal import progress

        *others, last = (f"{each.file}: {each.reason}" for each in pages.skipped)
        for line in others:
            progress().note(line)
        raise click.ClickException(last)
    return _together(found, pages) if found else pages


def _together(files: IngestReport, pages: IngestReport) -> IngestReport:
    from dataclasses import replace

    return replace(
        files,
        added=files.added + pages.added,
        updated=files.updated + pages.updated,
        unchanged=files.unchanged + pages.unchanged,
        duplicates=files.duplicates + pages.duplicates,
        skipped=files.skipped + pages.skipped,
        articles=pages.articles,
        passages=pages.passages,
        seconds=round(files.seconds + pages.seconds, 3),
    )


def _seeds() -> Path:
    from retrieval.build import seeds_folder

    folder = seeds_folder()
    if folder is None:
        raise click.ClickException("no articles yet: name a file or folder, `briefing ingest PATH`")
    return folder


def _narrow(
    since: str | None, until: str | None, as_of: str | None, outlets: Sequence[str]
) -> tuple[Filter, date | None]:
    from dataclasses import replace

    from retrieval.errors import QuestionError
    from retrieval.search.dates import parse_day, parse_window

    try:
        only = replace(parse_window(since, until), outlets=tuple(outlets))
        return only, parse_day(as_of, end=True) if as_of else None
    except QuestionError as error:
        raise click.UsageError(str(error).rstrip(".")) from error


def _print(as_json: bool, document: Callable[[], Any], lines: Callable[[], str]) -> None:
    if as_json:
        from bot.shown.documents import dump

        click.echo(dump(document()))
    else:
        click.echo(lines())
