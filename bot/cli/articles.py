"""The commands for stored articles: `ingest`, `show`, `list`, `remove`, `reindex`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    ARTICLES,
    DATA_DIR,
    GUILD,
    JSON,
    OUTLET,
    SINCE,
    TAG,
    UNTIL,
    narrow,
    opened,
    options,
    seeds,
    settings_of,
    show_result,
    style,
)

if TYPE_CHECKING:
    from retrieval.domain.articles import IngestReport, ListedArticle
    from retrieval.services.briefing import Briefing


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--really-gone", is_flag=True, help="Also remove the articles of folders that lost most of their files.")
@options(GUILD, DATA_DIR, JSON)
def ingest(paths: Sequence[str], really_gone: bool, guild: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Bring articles in: files and folders of text, Markdown, HTML, PDF, office files (DOCX, PPTX, XLSX, ODT, RTF),
    CSV, mails (EML, MSG, MBOX), EPUB, MHTML and ZIP, and web pages by their addresses. [default: seeds]

    Run it again after files change: unchanged files cost nothing, deleted files are removed, but where most of a
    folder's are gone at once, as on a drive that is not connected, their articles are kept until --really-gone.
    With --guild ID only that Discord server's questions see these articles, with --guild all everybody's; without it,
    what is stored stays whose it is, and what is new is for all. At the command line all articles are seen.

    \b
    briefing ingest reports/
    briefing ingest clippings/2024.pdf --json
    briefing ingest https://example.org/news/article
    """
    from bot.presentation import terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        report = _bring_in(briefing, paths, guild, really_gone)
    show_result(as_json, partial(asdict, report), partial(terminal_reports.ingest, report))


@click.command()
@click.argument("file", shell_complete=ARTICLES)
@options(DATA_DIR, JSON)
def show(file: str, data_dir: Path | None, as_json: bool) -> None:
    """Print a stored article; with --json, its metadata and the places of its parts in the source.

    FILE is the article's name, the beginning of its name, its path or its address. The line or page that answers print
    after the name may follow.

    \b
    briefing show 001_82df3489a97b2c5e.txt
    briefing show "report.pdf, p. 54"
    """
    from bot.presentation import json_output, terminal

    with opened(settings_of(data_dir)) as briefing:
        article, text = briefing.articles.show(file)
        places = briefing.articles.places(article)
    if not as_json:
        terminal.progress().note(terminal.about(article, places))
    show_result(as_json, partial(json_output.article, article, places), partial(terminal.article, text), hanging=0)


@click.command("list")
@options(SINCE, UNTIL, OUTLET, TAG, DATA_DIR, JSON)
def list_articles(
    since: str | None,
    until: str | None,
    outlets: Sequence[str],
    tags: Sequence[str],
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """List the stored articles, newest first: date and its basis, language, file, title, outlet, passages, place.

    \b
    briefing list --since 2025-01-01 --outlet Reuters
    """
    from bot.presentation import json_output, terminal

    only, _ = narrow(since, until, None, outlets)
    with opened(settings_of(data_dir)) as briefing:
        found = [each for each in briefing.articles.all(only) if _is_tagged(each, tags)]
    show_result(as_json, partial(json_output.listed, found), partial(terminal.listed, found, style()))


@click.command()
@click.argument("names", nargs=-1, required=True, shell_complete=ARTICLES)
@options(DATA_DIR, JSON)
def remove(names: Sequence[str], data_dir: Path | None, as_json: bool) -> None:
    """Remove articles, by the name they are cited by, or by the file, folder or web address they came from.

    \b
    briefing remove 001_82df3489a97b2c5e.txt
    briefing remove seeds/ old/clippings.pdf
    briefing remove https://example.org/news/article
    """
    from bot.presentation import terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        removed = briefing.articles.remove(*names)
    show_result(as_json, lambda: {"removed": removed}, partial(terminal_reports.removed, removed))


@click.command()
@options(DATA_DIR, JSON)
def reindex(data_dir: Path | None, as_json: bool) -> None:
    """Embed the stored articles again after BRIEFING_EMBEDDINGS has changed.

    You may stop it at any moment: the old vectors stay until the last passage is embedded, and the next run continues
    where this one ended. Stop the bot first. Exit status 75: another process uses the data folder.

    \b
    BRIEFING_EMBEDDINGS=e5 briefing reindex
    """
    from bot.presentation import terminal, terminal_reports
    from retrieval import bootstrap

    done = bootstrap.reindex(settings_of(data_dir), terminal.progress())
    show_result(as_json, partial(asdict, done), partial(terminal_reports.reindexed, done))


def _is_tagged(each: ListedArticle, tags: Sequence[str]) -> bool:
    """True if the article has one of the tags, or if no tag is asked for."""
    own = {tag.casefold() for tag in each.article.metadata.tags}
    return not tags or any(tag.casefold() in own for tag in tags)


def _bring_in(briefing: Briefing, paths: Sequence[str], guild: str | None, really_gone: bool) -> IngestReport:
    urls = [path for path in paths if "://" in path]
    files = [Path(path) for path in paths if path not in urls]
    if not urls:
        report = briefing.articles.ingest(files or [seeds()], guild, really_gone)
        _check_read(report, files)
        return report
    found = briefing.articles.ingest(files, guild, really_gone) if files else None
    pages = briefing.feeds.add_pages(urls, guild or "")
    if found is None and len(pages.skipped) == len(urls):
        from bot.presentation.terminal import progress

        *others, last = (f"{each.file}: {each.reason}" for each in pages.skipped)
        for line in others:
            progress().note(line)
        raise click.ClickException(last)
    return _together(found, pages) if found else pages


# What helps, by a part of the reason that a file was skipped for.
_ADVICE = {
    "not a format": "it reads text, Markdown, HTML, PDF, office files, CSV, mails, EPUB, RTF, MHTML and ZIP",
    "password": "save it without its password",
    "no text": "if it holds scanned pages, run text recognition (OCR) on it first",
    "too large": "split it",
    "holds other files": "unpack it",
}


def _check_read(report: IngestReport, files: Sequence[Path]) -> None:
    """Raise if the paths name files alone, and none of them could be read."""
    came = report.added + report.updated + report.unchanged + report.rescoped
    if came or not report.skipped or any(file.is_dir() for file in files):
        return
    last = report.skipped[-1]
    advice = next((f" ({hint})" for part, hint in _ADVICE.items() if part in last.reason), "")
    raise click.ClickException(f"{last.file}: {last.reason}{advice}")


def _together(files: IngestReport, pages: IngestReport) -> IngestReport:
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
