"""What a person at a terminal sees: plain lines, no control character that came from an article."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.links import Bases, best_link, is_address
from retrieval.models import Answer, Citation, Digest, Hit, IngestReport, Story
from retrieval.progress import Progress
from retrieval.readable import readable, visible

if TYPE_CHECKING:
    from bot.findings import Finding
    from retrieval.memory.feedback import Judgement


def progress() -> Progress:
    """Progress bars and notes on standard error."""
    return Progress(_bar, lambda line: print(f"briefing: {visible(line)}", file=sys.stderr))  # noqa: T201


@contextmanager
def _bar(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    # Shown only for work that takes over a second.
    with tqdm(desc=work, total=total, unit=f" {unit}", delay=1, leave=False, file=sys.stderr) as bar:
        yield bar.update


def ingest(report: IngestReport) -> str:
    """What an ingest did."""
    done = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "now seen by others": report.rescoped,
        "removed": report.removed,
    }
    counts = ", ".join(f"{count} {what}" for what, count in done.items() if count or what == "added")
    lines = [f"{counts}: {report.articles} articles, {report.passages} passages ({report.seconds:.1f} s)"]
    lines += [f"  {visible(each.file)}: a {each.kind} of {visible(each.of)}" for each in report.duplicates]
    lines += [f"  skipped {visible(each.file)}: {visible(each.reason)}" for each in report.skipped]
    return "\n".join(lines)


def removed(count: int) -> str:
    """How many articles were taken out."""
    return f"{count} article{'' if count == 1 else 's'} removed"


def answer(given: Answer, bases: Bases) -> str:
    """An answer with its sources, or a refusal with what came closest."""
    parts = [_wrap(given.text)]
    if given.citations:
        parts.append("\n".join(_source(citation, bases) for citation in given.citations))
        parts.append(_searched(given))
    return "\n\n".join(parts)


def _source(citation: Citation, bases: Bases) -> str:
    when = day(citation.published, citation.published_estimated)
    who = ", ".join(visible(part) for part in (citation.outlet, citation.author) if part)
    head = " · ".join(part for part in (visible(citation.title or citation.file), who, when) if part)
    lines = f"{_wrap(f'[{citation.number}] {head}', hanging=4)}\n    {visible(citation.file)}:{citation.line_start}"
    link = best_link(citation, bases)
    return f"{lines}\n    {visible(link)}" if is_address(link) else lines


def _searched(given: Answer) -> str:
    newest = f", the newest of {day(given.searched.newest)}" if given.searched.newest else ""
    many = given.searched.articles
    return f"Searched {many} article{'' if many == 1 else 's'}{newest}."


def digest(made: Digest, bases: Bases) -> str:
    """The stories of some days, each with its key sentences and their sources."""
    days = day(made.since) if made.since == made.until else f"{day(made.since)} to {day(made.until)}"
    if not made.stories:
        return f"{days}: no stories."
    many = f"{made.articles} article{'' if made.articles == 1 else 's'}"
    parts = [f"{days}: {many}, {made.found} stor{'y' if made.found == 1 else 'ies'}"]
    sources = {each.number: each for each in made.citations}
    parts += [_story(number, story, sources, bases) for number, story in enumerate(made.stories, 1)]
    return "\n\n".join(parts)


def _story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases) -> str:
    told = [f"told by {', '.join(map(visible, story.outlets))}" if story.outlets else ""]
    told.append(f"{len(story.files)} articles" if len(story.files) > 1 else "")
    told.append(f"copies or rewrites of one {story.origin} piece among them" if story.origin else "")
    lines = [_wrap(f"{number}. {visible(story.title)}", hanging=3)]
    if any(told):
        lines.append(f"   {' · '.join(filter(None, told))}")
    for point in story.points:
        lines.append(textwrap.indent(_wrap(point.text, indent=3), "   "))
        lines += [textwrap.indent(_source(sources[each], bases), "   ") for each in point.citations]
    return "\n".join(lines)


def passages(hits: Sequence[Hit]) -> str:
    """Passages found, with where they stand."""
    if not hits:
        return "Nothing found."
    return "\n\n".join(_hit(number, hit) for number, hit in enumerate(hits, 1))


def _hit(number: int, hit: Hit) -> str:
    article, known = hit.passage.article, hit.passage.article.metadata
    when = day(known.published, known.published_estimated)
    head = f"{number}. {visible(known.title or article.file)} · {when}"
    where = f"   {visible(article.file)}:{hit.passage.line}  (score {hit.score:.2f})"
    if hit.also:
        where += f"\n   also told by {', '.join(map(visible, hit.also))}"
    text = textwrap.shorten(readable(hit.passage.text), 300, placeholder=" …")
    return "\n".join([head, where, textwrap.indent(_wrap(text, 3), "   ")])


def article(text: str) -> str:
    """An article's text, each character a terminal may act on replaced by one it won't, so that offsets stay."""
    return "".join("\ufffd" if _is_active(each) else each for each in text)


def _is_active(character: str) -> bool:
    """Controls, lone surrogates, and the marks that turn the direction of writing; joiners and spaces are text."""
    turning = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turning or (character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs"))


def figures(measured: Mapping[str, Any]) -> str:
    """The figures of an evaluation, a line each."""
    return "\n".join(f"{name:12} {_figure(value)}" for name, value in measured.items())


def _figure(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_figure(each)}" for name, each in value.items())
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def feedback(judged: Sequence[Judgement]) -> str:
    """What people thought of answers, an answer each."""
    return "\n\n".join(_judgement(each) for each in judged) or "Nobody has judged an answer yet."


def _judgement(judged: Judgement) -> str:
    verdict = "helpful" if judged.helpful else "not helpful"
    reason = f": {visible(judged.reason)}" if judged.reason else ""
    return "\n".join([f"{judged.given[:10]} {verdict}{reason}", _wrap(judged.question), _wrap(judged.answer)])


def findings(found: Sequence[Finding]) -> str:
    """What the doctor found, and how to mend it."""
    return "\n".join(
        f"{('note' if each.mend else 'ok  ') if each.well else 'BAD '} {each.subject}: {visible(each.state)}"
        + (f"\n     mend: {visible(each.mend)}" if each.mend else "")
        for each in found
    )


def day(published: str | None, estimated: bool = False) -> str:
    """A date as people write it: `14 Dec 2025`, with a word where it is an estimate or not known."""
    if published is None:
        return "undated"
    when = date.fromisoformat(published[:10])
    return f"{when.day} {when:%b %Y}" + (" (date estimated)" if estimated else "")


def _wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    width = max(min(shutil.get_terminal_size().columns, 100) - indent, 40)
    below = " " * hanging
    return textwrap.fill(visible(text), width, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)
