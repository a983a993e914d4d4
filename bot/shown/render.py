"""What retrieval gives, as Discord shows it: pure, and the only place that knows what a message holds.

Messages are plain content, meant to be sent without previews and without allowed mentions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.shown.cutting import LIMIT, shorten, shorten_start, split
from bot.shown.links import is_address
from bot.shown.markdown import can_link, clean, clean_line, code, escape, length, marker, masked
from bot.shown.terminal import aged, day, disagreement, made_by
from retrieval.models import Answer, Article, Citation, QuoteInContext, Searched, Verdict

__all__ = [
    "Link",
    "answer",
    "article",
    "articles",
    "choice",
    "excerpts",
    "line",
    "passages",
    "split",
    "thread_name",
    "verdicts",
]

# The best link there is for a citation: an address, or the file and its lines as plain text.
Link = Callable[[Citation], str]

_MARKED = re.compile(r"\[([0-9]{1,4})\]")
_MENTION = re.compile(r"<(?:[@#][!&]?|/[^<>:]*:|a?:\w+:|t:)[^<>\s]*>|@(?=everyone|here)", re.IGNORECASE)
_MARKUP = re.compile(r"[*_~`|\\<>\[\]]+|(?<!\w)#+|^[+\-\s]+")

_TITLE, _NAME, _CLAIM, _LINE = 120, 40, 200, 800
_AROUND = 300  # of a quote's paragraph, on either side of it
_BEGINNING = 1000  # of an article
_PACE = 230  # words a minute
_LONGEST_NAME = 100  # of a thread, or of a choice

_VERDICTS = {
    "supported": "✅ **Supported**",
    "partly": "🟡 **Related, but not all of it is there**",
    "unsupported": "⚪ **Nothing found in the articles**",
    "contradicted": "❌ **Contradicted**",
}


def answer(given: Answer, link: Link, asked: str | None = None) -> list[str]:
    """An answer with its sources, or a refusal with what came closest.

    `asked` is the question as it was asked: where it was understood as another one, that is shown.
    """
    understood = clean_line(given.question)
    same = asked is None or clean_line(asked).casefold() == understood.casefold()
    small = "" if same else _small(f"Understood as: {escape(understood)}")
    if not given.grounded:
        return split(_join(_refusal(given), small))
    disputed = [f"⚖️ {disagreement(each)}" for each in given.conflicts]
    text = _linked_text("\n\n".join([given.text, *disputed]), given, link)
    for linked in (True, False):
        below = _join(_sources(given, link, linked), _as_of(given), _aged(given), *_made_by(given), small)
        whole = f"{text}\n\n{below}"
        if length(whole) <= LIMIT:
            break
    return split(whole)


def line(text: str) -> str:
    """One line that holds words of other people's, such as what they have typed."""
    return escape(shorten(clean_line(text), _LINE))


def excerpts(given: Answer, shown: Sequence[QuoteInContext | None], link: Link) -> list[str]:
    """Every quote of an answer in its paragraph; `shown` has one for each citation, None where it is gone."""
    if not given.citations:
        return ["This answer has no sources."]
    parts = [
        _join(
            _source(citation, link),
            _excerpt(each) if each else _small("The article has changed or is gone since this answer."),
        )
        for citation, each in zip(given.citations, shown, strict=True)
    ]
    return split("\n\n".join(parts))


def passages(hits: Sequence[Citation], link: Link) -> list[str]:
    """Passages, each the quote of its citation."""
    if not hits:
        return ["Nothing more was found."]
    return split("\n\n".join(_join(_source(each, link), _quoted(escape(clean(each.quote)))) for each in hits))


def verdicts(found: Sequence[Verdict], link: Link, total: int) -> list[str]:
    """What the articles say to the first claims of a message, of `total` in it."""
    if not found:
        return ["There is no claim to check in this message."]
    first = f"Checked the first {len(found)} of {total} sentences." if len(found) < total else ""
    judged = _join(_small(first) if first else "", *(_small(each) for each in _judges(found)))
    return split("\n\n".join([*(_verdict(each, link) for each in found), judged]))


def articles(shown: Sequence[Article], first: int, total: int) -> str:
    """A page of `total` articles in one message; `first` is the number of its first, counted from 1."""
    if not shown:
        return "No articles." if total == 0 else f"No more articles: there are {total:,}."
    many = f"{total:,} article{'' if total == 1 else 's'}"
    head = f"**{many}**" if len(shown) == total else f"**Articles {first:,}–{first + len(shown) - 1:,} of {total:,}**"
    text = ""
    for width in (_TITLE, 60, 30, 10):
        lines = [_listed(number, each, width) for number, each in enumerate(shown, first)]
        text = _join(head, *lines)
        if length(text) <= LIMIT:
            break
    return split(text)[0]


def article(shown: Article, text: str, link: str | None) -> list[str]:
    """An article: what is known of it, how long it is, its beginning, and where to read on."""
    known = shown.metadata
    words = len(text.split())
    minutes = max(1, round(words / _PACE))
    size = f"{words:,} word{'' if words == 1 else 's'}, about {minutes} minute{'' if minutes == 1 else 's'} to read"
    tags = escape(shorten(", ".join(filter(None, map(clean_line, known.tags))), _TITLE))
    start = clean(text[: 4 * _BEGINNING])
    return split(
        _join(
            f"**{escape(_title(known.title, shown.file))}**",
            " · ".join([*_people(known.outlet, known.author), day(known.published, known.published_estimated)]),
            _small(
                " · ".join(
                    part for part in (size, f"tags: {tags}" if tags else "", code(_title(None, shown.file))) if part
                )
            ),
            _small("the feed's own text, not the whole article") if known.basis.get("text") == "feed" else "",
            _quoted(escape(shorten(start, _BEGINNING))),
            masked("Read on", link) if link and can_link(link) else "",
        )
    )


def thread_name(question: str) -> str:
    """The name of the thread a question opens."""
    plain = _MENTION.sub("", clean_line(question))
    name = clean_line(_MARKUP.sub(" ", _MARKUP.sub(" ", plain)))
    return shorten(name, _LONGEST_NAME) or "Question"


def choice(name: str) -> str:
    """What a choice offered while typing is called; Discord formats nothing there."""
    return shorten(clean_line(name), _LONGEST_NAME) or "(no name)"


def _linked_text(text: str, given: Answer, link: Link) -> str:
    """The text with its markers as links; a number that cites nothing is text like any other."""
    numbers = {str(each.number): _number(each.number, link(each)) for each in given.citations}
    parts = _MARKED.split(clean(text))
    return "".join(
        escape(part) if at % 2 == 0 else numbers.get(part) or escape(f"[{part}]") for at, part in enumerate(parts)
    )


def _refusal(given: Answer) -> str:
    closest = [f"- {escape(_title(each.title, each.file))} · {day(each.published)}" for each in given.closest[:3]]
    # The sentence of a refusal mostly says what was searched.
    said = "searched" in given.text or not given.searched.articles
    return _join(
        _quoted(f"🔍 {escape(clean(given.text))}"),
        "**Came closest**" if closest else "",
        *closest,
        "" if said else _small(f"Searched {_searched(given.searched)}"),
    )


def _sources(given: Answer, link: Link, linked: bool) -> str:
    """The sources, a line each; where there is no room for all links, those in the text have to do."""
    if not given.citations:
        return ""
    marked = set(_MARKED.findall(given.text))
    return _join(
        "**Sources**", *(_source(each, link, linked or str(each.number) not in marked) for each in given.citations)
    )


def _as_of(given: Answer) -> str:
    newest = max(
        (each for each in given.citations if each.published), key=lambda each: each.published or "", default=None
    )
    if newest is None:
        return _small(f"Searched {_searched(given.searched)}")
    return _small(f"As of {day(newest.published, newest.published_estimated)} · searched {_searched(given.searched)}")


def _aged(given: Answer) -> str:
    return _small(f"⚠️ {aged(given)}.") if given.age is not None else ""


def _made_by(given: Answer) -> list[str]:
    return [_small(escape(clean_line(each))) for each in made_by(given)]


def _searched(searched: Searched) -> str:
    newest = f", the newest of {day(searched.newest)}" if searched.newest else ""
    return f"{searched.articles:,} article{'' if searched.articles == 1 else 's'}{newest}"


def _source(citation: Citation, link: Link, linked: bool = True) -> str:
    where, title = link(citation), _title(citation.title, citation.file)
    named = masked(title, where) if linked and can_link(where) else escape(title)
    return f"[{citation.number}] {_described(citation, where, named)}"


def _evidence(citation: Citation, link: Link) -> str:
    where, title = link(citation), _title(citation.title, citation.file)
    return f"{_number(citation.number, where)} {_described(citation, where, escape(title))}"


def _number(number: int, where: str) -> str:
    return marker(number, where) if can_link(where) else f"[{number}]"


def _described(citation: Citation, where: str, named: str) -> str:
    known = [*_people(citation.outlet, citation.author), day(citation.published, citation.published_estimated)]
    if can_link(where):
        return " · ".join([named, *known])
    # A title that is the file's name is not said twice.
    place = _place(citation, where)
    return " · ".join([named, *known, place] if clean_line(citation.title or "") else [place, *known])


def _excerpt(shown: QuoteInContext) -> str:
    """The paragraph, the quote in bold; what stands around it is shortened from its outer ends."""
    before, quote, after = (clean(part) for part in (shown.before, shown.quote, shown.after))
    marked = f"**{escape(quote)}**" if quote else ""
    return _quoted(
        escape(shorten_start(before, _AROUND))
        + _gap(shown.before[len(shown.before.rstrip()) :] + shown.quote[: -len(shown.quote.lstrip())])
        + marked
        + _gap(shown.quote[len(shown.quote.rstrip()) :] + shown.after[: -len(shown.after.lstrip())])
        + escape(shorten(after, _AROUND))
    )


def _verdict(found: Verdict, link: Link) -> str:
    claim = escape(shorten(clean_line(found.claim), _CLAIM))
    evidence = [_quoted(f"“{escape(clean(each.quote))}”\n{_evidence(each, link)}") for each in found.evidence]
    return _join(f"{_VERDICTS[found.verdict]}: “{claim}”", *evidence)


def _judges(found: Sequence[Verdict]) -> list[str]:
    """Who judged them, each once, and why not the model where it was to."""
    judges = dict.fromkeys(each.model or "likeness of words and meaning with the articles" for each in found)
    by = " and ".join(escape(clean_line(each)) for each in judges)
    notes = dict.fromkeys(each.note for each in found if each.note)
    return [f"Judged by {by}, not by a person: read the quotes.", *(f"{escape(clean_line(each))}." for each in notes)]


def _listed(number: int, shown: Article, width: int) -> str:
    known = shown.metadata
    people = _people(known.outlet, width=min(width, _NAME))
    title = escape(shorten(_title(known.title, shown.file), width))
    return f"{number}. " + " · ".join([title, *people, day(known.published, known.published_estimated)])


def _title(title: str | None, file: str) -> str:
    return shorten(clean_line(title or "") or clean_line(file) or "untitled", _TITLE)


def _place(citation: Citation, where: str) -> str:
    """The file and its lines; for an address too long for a message, the file and the first line."""
    lines = str(citation.line_start) if is_address(where) else shorten(where.rpartition(":")[2], _NAME)
    return code(f"{_title(None, citation.file)}:{lines}")


def _people(*names: str | None, width: int = _NAME) -> list[str]:
    named = (shorten(clean_line(name), width) for name in names if name)
    return [escape(name) for name in dict.fromkeys(named) if name]


def _gap(space: str) -> str:
    return "\n" if "\n" in space else " " if space else ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n") if line.strip())


def _small(text: str) -> str:
    return f"-# {text}"


def _join(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
