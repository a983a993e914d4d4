"""Output for a terminal: plain lines without control characters of articles."""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bot.presentation import wording
from bot.presentation.excerpts import Shown, excerpts, uncovered
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.terminal_style import PLAIN, Style, Tone, columns, many, note, wrap, wrap_marked
from bot.presentation.wording import aged, beneath, capital, day, disagreement, in_quotes, made_by, searched
from retrieval.answering.standing import UNSURE
from retrieval.domain.answers import Answer, Column, Comparison, Conflict, Verdict
from retrieval.domain.articles import Article, Hit, ListedArticle, Metadata, Searched
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import cite_part
from retrieval.nlp.markup import readable, visible
from retrieval.observing import Progress


def progress() -> Progress:
    """Progress bars and notes on standard error."""
    return Progress(_bar, note)


@contextmanager
def _bar(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    # Shown only for work that takes over a second, and only to a person: in a log it would be one long line.
    shown = {"delay": 1, "leave": False, "file": sys.stderr, "disable": None}
    with tqdm(desc=work, total=total, unit=f" {unit}", **shown) as bar:
        yield bar.update


def listed(found: Sequence[ListedArticle], style: Style = PLAIN) -> str:
    """The articles, one a line: date, language, file, title; then the basis of the date, the outlet, the number of
    passages and the place it came from."""
    return "\n".join(_listed(each, style) for each in found) or "no articles"


def _listed(listed: ListedArticle, style: Style) -> str:
    known, file = listed.article.metadata, listed.article.file
    when = day(known.day or None)
    title = f"  {visible(known.title)}" if known.title else ""
    details = [dated(known), visible(known.outlet or ""), many(listed.passages, "passage"), visible(listed.place)]
    head = f"{when:11}  {listed.language:3}  {visible(file)}{title}"
    return f"{style.strong(head)}  [{' · '.join(part for part in details if part)}]"


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


def answer(answer: Answer, bases: Bases, style: Style = PLAIN, asked: str = "") -> str:
    """An answer: excerpts or a model's statements with their sources, or the sentence that says there is none.

    Excerpts that may not answer are quoted, under a line that says so. If the question `asked` was understood as
    another, that is shown.
    """
    shown = excerpts(answer)
    unsure = answer.standing == "possible"
    notes = [style.tint(wrap(answer.message or UNSURE), "unsure")] if unsure else [_statements(answer, style)]
    parts = [_sides(answer, style)] if shown and answer.sides else [] if shown and not unsure else notes
    if asked and visible(asked).casefold() != visible(answer.question).casefold():
        parts.insert(0, style.dim(wrap(f"Understood as: {answer.question}")))
    parts += [_excerpt(each, bases, style, "> " if unsure else "") for each in shown]
    parts += [_disagreement(each, style) for each in answer.conflicts]
    if others := uncovered(answer, shown):
        parts.append("\n".join(source(each, bases, style=style) for each in others))
    if answer.citations:
        parts.append("\n".join(_closing(answer, style)))
    return "\n\n".join(parts)


def _closing(answer: Answer, style: Style) -> Iterator[str]:
    """The number of articles searched, a warning about old news, and the model that wrote the answer."""
    yield style.dim(looked_through(answer.searched))
    if old := aged(answer):
        yield style.tint(wrap(f"{old}."), "unsure")
    yield from (style.dim(wrap(f"{each}.")) for each in made_by(answer))


def _disagreement(conflict: Conflict, style: Style) -> str:
    lead, colon, sides = wrap(disagreement(conflict), hanging=2).partition(":")
    return style.tint(lead + colon, "unsure") + sides


def _statements(answer: Answer, style: Style) -> str:
    """The statement that answers and the points below it, or the message in their place."""
    if not answer.statements:
        return style.strong(wrap(answer.message)) if answer.standing == "nothing" else wrap(answer.message)
    common = [each for each in answer.statements if each.side not in answer.sides]
    lines = []
    for at, each in enumerate(common):
        lines.append(wrap(f"{'- ' if at else ''}{each.numbered}", hanging=2 if at else 0))
        lines += [textwrap.indent(wrap(line, 4), "    ") for line in beneath(answer, each)]
    return "\n\n".join(filter(None, ["\n".join(lines), _sides(answer, style)]))


def _sides(answer: Answer, style: Style) -> str:
    """The sides that an answer compares in columns, with their statements; empty where it compares none."""
    sides = answer.sides.items()
    return columns(
        [[visible(name), *(" ".join([each.numbered, *beneath(answer, each)]) for each in own)] for name, own in sides],
        style=style,
    )


def _excerpt(shown: Shown, bases: Bases, style: Style, quote: str) -> str:
    """An excerpt with its day above and its source below."""
    opening = [style.strong(wrap(shown.opening))] if shown.opening else []
    above = [f"› {shown.heading}"] if shown.heading else []
    above += [shown.lead] if shown.lead else []
    small = [style.dim(textwrap.indent(wrap(each, len(quote)), quote)) for each in above]
    quoted = [wrap_marked(each, style, quote, quote + "  " * each.startswith("•")) for each in shown.lines]
    return "\n".join([*opening, *small, *quoted, source(shown.citations[0], bases, shown.citations[1:], style=style)])


def looked_through(through: Searched) -> str:
    """The number of articles searched, as a sentence."""
    return f"{capital(searched(through))}."


def source(
    citation: Citation, bases: Bases, more: Sequence[Citation] = (), indent: int = 0, style: Style = PLAIN
) -> str:
    """A source on lines of its own: title, outlet, date, place and link, to be shown beside an indent.

    `more` are other citations of the same article; their numbers and lines are named beside the first.
    """
    when = day(citation.published, citation.published_estimated)
    who = ", ".join(visible(part) for part in (citation.outlet, citation.author) if part)
    head = " · ".join(part for part in (visible(citation.title or citation.file), who, when) if part)
    numbers = " ".join(f"[{each.number}]" for each in (citation, *more))
    return linked(citation, bases, (f"{numbers} {head}", _places((citation, *more))), indent, style)


def linked(citation: Citation, bases: Bases, lines: Sequence[str], indent: int, style: Style) -> str:
    """Lines of small print about a citation, the first with its link; where there are no links, its address below."""
    head, *others = (wrap(each, indent + 4 * bool(at), 0 if at else 4) for at, each in enumerate(lines))
    link = best_link(citation, bases)
    if is_address(link):
        head, others = style.link(head, link), others if style.links else [*others, visible(link)]
    return style.dim("\n".join([head, *(textwrap.indent(each, "    ") for each in others)]))


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


_TONES: dict[str, Tone] = {"supported": "good", "partly": "unsure", "unsupported": "unsure", "contradicted": "bad"}


def verdict(verdict: Verdict, bases: Bases, style: Style = PLAIN) -> str:
    """The verdict on a claim, with its evidence."""
    said = style.tint(wrap(_VERDICTS[verdict.verdict]), _TONES[verdict.verdict])
    parts = [f"{said}  (score {verdict.score:.2f})"]
    for each in verdict.evidence:
        quote = textwrap.indent(wrap(in_quotes(readable(each.quote)), indent=4), "    ")
        parts.append(f"{source(each, bases, style=style)}\n{quote}")
    notes = [
        f"Judged by {verdict.model}; its quotes were looked up in the articles." if verdict.model else "",
        verdict.note or "",
    ]
    return "\n\n".join([*parts, *(wrap(each) for each in notes if each)])


def passages(hits: Sequence[Hit], bases: Bases, style: Style = PLAIN) -> str:
    """The passages found, with their places."""
    if not hits:
        return "Nothing found."
    return "\n\n".join(_hit(number, hit, bases, style) for number, hit in enumerate(hits, 1))


def _hit(number: int, hit: Hit, bases: Bases, style: Style) -> str:
    article, known = hit.passage.article, hit.passage.article.metadata
    when = day(known.published, known.published_estimated)
    head = style.strong(wrap(f"{number}. {known.title or article.file} · {when}", hanging=3))
    place = hit.passage.place_at(hit.passage.start)
    named = f"{article.file}:{hit.passage.line}" if article.is_lined else ", ".join(filter(None, (article.file, place)))
    small = [f"{named} (score {hit.score:.2f})"]
    if hit.also:
        small.append(f"also in {', '.join(hit.also)}")
    where = style.dim("\n".join(wrap(each, 3, 2) for each in small))
    text = wrap(textwrap.shorten(readable(hit.passage.text), 300, placeholder=" …"), 3)
    link = best_link(cite_part(hit.passage, number), bases)
    return "\n".join([style.link(head, link) if is_address(link) else head, textwrap.indent(f"{where}\n{text}", "   ")])


def article(text: str) -> str:
    """An article's text with active characters replaced one by one, so that offsets stay."""
    return "".join("\ufffd" if _is_active(each) else each for each in text)


def _is_active(character: str) -> bool:
    """True for control characters, lone surrogates, and marks that change the direction of writing."""
    turning = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turning or (character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs"))


def comparison(comparison: Comparison, bases: Bases, style: Style = PLAIN) -> str:
    """Both sides in their own words, and the sources below."""
    sides = [_side(each) for each in comparison.columns]
    shown = columns(sides, comparison.alike, f"{wording.ELSE}:", style)
    cited = {each.number: each for column in comparison.columns for each in column.statements}
    sources = [source(each, bases, style=style) for _number, each in sorted(cited.items())]
    return "\n\n".join([shown, "\n".join(sources)] if sources else [shown])


def _side(column: Column) -> list[str]:
    """The name of a side, then its statements."""
    statements = [_said(each) for each in column.statements]
    return [visible(wording.seen(column)), *(statements or [wording.nothing(column)])]


def _said(statement: Citation) -> str:
    """The statement with its day and its number."""
    when = wording.day(statement.published, statement.published_estimated)
    return f"{when}: {wording.in_quotes(readable(statement.quote))} [{statement.number}]"
