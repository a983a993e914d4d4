"""Output for a terminal: plain lines without control characters of articles."""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bot.presentation.excerpts import Shown, excerpts, uncovered
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.terminal_layout import columns, wrap
from bot.presentation.terminal_style import PLAIN, Style, wrap_marked
from bot.presentation.wording import UNSURE, aged, beneath, day, disagreement, made_by, searched
from retrieval.domain.answers import Answer, Statement, Verdict
from retrieval.domain.articles import Article, ListedArticle, Metadata
from retrieval.domain.citations import Citation
from retrieval.domain.searches import Hit, Searched
from retrieval.nlp.markup import readable, visible
from retrieval.progress import Progress


def progress() -> Progress:
    """Progress bars and notes on standard error."""
    return Progress(_bar, lambda line: print(f"briefing: {visible(line)}", file=sys.stderr))  # noqa: T201


@contextmanager
def _bar(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    # Shown only for work that takes over a second, and only to a person: in a log it would be one long line.
    shown = {"delay": 1, "leave": False, "file": sys.stderr, "disable": None}
    with tqdm(desc=work, total=total, unit=f" {unit}", **shown) as bar:
        yield bar.update


def listed(found: Sequence[ListedArticle]) -> str:
    """The articles, one line each: date, language, file, title; then the basis of the date, the outlet, the number of
    passages and the place it came from."""
    return "\n".join(_listed(each) for each in found) or "no articles"


def _listed(listed: ListedArticle) -> str:
    known, file = listed.article.metadata, listed.article.file
    when = day(known.day or None)
    title = f"  {visible(known.title)}" if known.title else ""
    count = f"{listed.passages} passage{'' if listed.passages == 1 else 's'}"
    details = [dated(known), visible(known.outlet or ""), count, visible(listed.place)]
    head = f"{when:11}  {listed.language:3}  {visible(file)}{title}"
    return f"{head}  [{' · '.join(part for part in details if part)}]"


_BASES = {
    "front_matter": "date from its front matter",
    "manifest": "date from sources.toml",
    "feed": "date from its feed",
    "page": "date from its page or file",
    "text": "date from its text or name",
}


def dated(known: Metadata) -> str:
    """The basis of an article's date; empty if it has none."""
    basis = _BASES.get(known.basis.get("published", "unknown"), "")
    return f"{basis}, estimated" if basis and known.published_estimated else basis


def about(shown: Article, places: Sequence[tuple[int, str]]) -> str:
    """The metadata of an article in one line: title, outlet, author, date, and its first and last place."""
    known = shown.metadata
    when = f"{day(known.day)} ({dated(known)})" if known.day else "undated"
    span = f"{places[0][1]} to {places[-1][1]}" if len(places) > 1 else places[0][1] if places else ""
    parts = (known.title, known.outlet, known.author, when, span)
    return " · ".join(visible(part) for part in parts if part)


def answer(answer: Answer, bases: Bases, style: Style = PLAIN) -> str:
    """An answer: excerpts or a model's statements with their sources, or the sentence that says there is none.

    Excerpts that may not answer are quoted, under a line that says so.
    """
    shown = excerpts(answer)
    unsure = answer.standing == "possible"
    notes = [wrap(answer.message or UNSURE)] if unsure else [_statements(answer)]
    parts = [_sides(answer)] if shown and answer.sides else [] if shown and not unsure else notes
    parts += [_excerpt(each, bases, style, "> " if unsure else "") for each in shown]
    parts += [wrap(disagreement(each), hanging=2) for each in answer.conflicts]
    if others := uncovered(answer, shown):
        parts.append("\n".join(style.dim(source(each, bases)) for each in others))
    if answer.citations:
        notes = [*filter(None, [aged(answer)]), *made_by(answer)]
        parts.append("\n".join([looked_through(answer.searched), *(wrap(f"{each}.") for each in notes)]))
    return "\n\n".join(parts)


def _statements(answer: Answer) -> str:
    """The statement that answers and the points below it, or the message in their place."""
    if not answer.statements:
        return wrap(answer.message)
    common = [each for each in answer.statements if each.side not in answer.sides]
    lines = []
    for at, each in enumerate(common):
        lines.append(wrap(f"{'- ' if at else ''}{_numbered(each)}", hanging=2 if at else 0))
        lines += [textwrap.indent(wrap(line, 4), "    ") for line in beneath(answer, each)]
    return "\n\n".join(filter(None, ["\n".join(lines), _sides(answer)]))


def _numbered(statement: Statement) -> str:
    return " ".join([statement.marked, *(f"[{number}]" for number in statement.citations)])


def _sides(answer: Answer) -> str:
    """The sides that an answer compares in columns, with their statements; empty where it compares none."""
    sides = answer.sides.items()
    return columns(
        [[visible(name), *(" ".join([_numbered(each), *beneath(answer, each)]) for each in own)] for name, own in sides]
    )


def _excerpt(shown: Shown, bases: Bases, style: Style, quote: str) -> str:
    """An excerpt with its day above and its source below."""
    opening = [wrap(shown.opening)] if shown.opening else []
    above = [f"› {shown.heading}"] if shown.heading else []
    above += [shown.lead] if shown.lead else []
    small = [style.dim(textwrap.indent(wrap(each, len(quote)), quote)) for each in above]
    quoted = [wrap_marked(each, style, quote, quote + "  " * each.startswith("•")) for each in shown.lines]
    return "\n".join([*opening, *small, *quoted, style.dim(source(shown.citations[0], bases, shown.citations[1:]))])


def looked_through(through: Searched) -> str:
    """The number of articles searched, as a sentence."""
    return f"Searched {searched(through)}."


def source(citation: Citation, bases: Bases, more: Sequence[Citation] = ()) -> str:
    """A source on lines of its own: title, outlet, date, place and link.

    `more` are other citations of the same article; their numbers and lines are named beside the first.
    """
    when = day(citation.published, citation.published_estimated)
    who = ", ".join(visible(part) for part in (citation.outlet, citation.author) if part)
    head = " · ".join(part for part in (visible(citation.title or citation.file), who, when) if part)
    numbers = " ".join(f"[{each.number}]" for each in (citation, *more))
    lines = f"{wrap(f'{numbers} {head}', hanging=4)}\n    {visible(_places((citation, *more)))}"
    link = best_link(citation, bases)
    return f"{lines}\n    {visible(link)}" if is_address(link) else lines


def _places(citations: Sequence[Citation]) -> str:
    """The file of the citations of one article, and their lines, pages or other places."""
    file, mark = citations[0].file, ":" if citations[0].is_lined else ", "
    places = (str(each.line_start) if each.is_lined else each.locator for each in citations)
    return mark.join(filter(None, (file, ", ".join(dict.fromkeys(filter(None, places))))))


_VERDICTS = {
    "supported": "The articles support this.",
    "partly": "Related: read the quotes.",
    "unsupported": "The articles do not say this.",
    "contradicted": "The articles contradict this.",
}


def verdict(verdict: Verdict, bases: Bases) -> str:
    """The verdict on a claim, with its evidence."""
    parts = [wrap(_VERDICTS[verdict.verdict]) + f"  (score {verdict.score:.2f})"]
    for each in verdict.evidence:
        quote = textwrap.indent(wrap(f"“{readable(each.quote)}”", indent=4), "    ")
        parts.append(f"{source(each, bases)}\n{quote}")
    notes = [
        f"Judged by {verdict.model}; its quotes were looked up in the articles." if verdict.model else "",
        verdict.note or "",
    ]
    return "\n\n".join([*parts, *(wrap(each) for each in notes if each)])


def passages(hits: Sequence[Hit]) -> str:
    """The passages found, with their places."""
    if not hits:
        return "Nothing found."
    return "\n\n".join(_hit(number, hit) for number, hit in enumerate(hits, 1))


def _hit(number: int, hit: Hit) -> str:
    article, known = hit.passage.article, hit.passage.article.metadata
    when = day(known.published, known.published_estimated)
    head = f"{number}. {visible(known.title or article.file)} · {when}"
    place = hit.passage.place_at(hit.passage.start)
    named = f"{article.file}:{hit.passage.line}" if article.is_lined else ", ".join(filter(None, (article.file, place)))
    where = f"   {visible(named)}  (score {hit.score:.2f})"
    if hit.also:
        where += f"\n   also in {', '.join(map(visible, hit.also))}"
    text = textwrap.shorten(readable(hit.passage.text), 300, placeholder=" …")
    return "\n".join([head, where, textwrap.indent(wrap(text, 3), "   ")])


def article(text: str) -> str:
    """An article's text with active characters replaced one by one, so that offsets stay."""
    return "".join("\ufffd" if _is_active(each) else each for each in text)


def _is_active(character: str) -> bool:
    """True for control characters, lone surrogates, and marks that change the direction of writing."""
    turning = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turning or (character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs"))
