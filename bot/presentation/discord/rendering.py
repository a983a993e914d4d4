"""Answers, articles and verdicts as Discord messages, meant to be sent without previews and allowed mentions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.presentation.discord.answers import NAME, TITLE, Link, answer, people, source, titled
from bot.presentation.discord.layouts import Block, Page, Part, SourceLine, Text, Tone, button_address, fitted, paged
from bot.presentation.discord.markdown import (
    can_link,
    clean,
    clean_line,
    code,
    escape,
    join,
    masked,
    quoted,
    shorten,
    shorten_start,
    small,
    split,
)
from bot.presentation.wording import in_quotes
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Answer, Verdict
from retrieval.domain.articles import AddedArticle, Article
from retrieval.domain.citations import Citation, QuoteInContext
from retrieval.errors import BriefingError

__all__ = [
    "Link",
    "added",
    "answer",
    "article",
    "articles",
    "choice",
    "excerpts",
    "line",
    "not_added",
    "passages",
    "split",
    "thread_name",
    "told",
    "verdicts",
    "why",
]

_MENTION = re.compile(r"<(?:[@#][!&]?|/[^<>:]*:|a?:\w+:|t:)[^<>\s]*>|@(?=everyone|here)", re.IGNORECASE)
_MARKUP = re.compile(r"[*_~`|\\<>\[\]]+|(?<!\w)#+|^[+\-\s]+")

_CLAIM, _LINE = 200, 800
_AROUND = 300  # of a quote's paragraph, on either side of it
_BEGINNING = 1000  # of an article
_PACE = 230  # words a minute
_LONGEST_NAME = 100  # of a thread, or of a choice
_FILE_NAME, _REASON = 100, 200

_GONE = phrase("The article has changed or was removed since this answer.")
# The tone of a message is that of its gravest verdict.
_TONES = {
    "contradicted": Tone.DISPUTED,
    "unsupported": Tone.NOTHING,
    "partly": Tone.POSSIBLE,
    "supported": Tone.ANSWERED,
}
_STATES = {
    "added": phrase("✅ Added for this server"),
    "updated": phrase("✅ Updated"),
    "unchanged": phrase("☑️ Already stored"),
}
_DUPLICATES = {"copy": phrase("a copy of {article}"), "rewrite": phrase("a rewrite of {article}")}
_VERDICTS = {
    "supported": phrase("✅ **Supported**"),
    "partly": phrase("🟡 **Related: read the quotes**"),
    "unsupported": phrase("⚪ **Nothing found in the articles**"),
    "contradicted": phrase("❌ **Contradicted**"),
}


def line(text: str) -> str:
    """One line with text of other people, such as a question, escaped."""
    return escape(shorten(clean_line(text), _LINE))


def told(error: BriefingError, words: OwnWords) -> str:
    """The line of an error, escaped."""
    return line(words.said(error.line))


def excerpts(
    answer: Answer,
    shown: Sequence[QuoteInContext | None],
    link: Link,
    plain: bool = False,
    words: OwnWords = ENGLISH,
) -> list[Page]:
    """Every quote of an answer in its paragraph; `shown` has None for a citation whose text is gone."""
    if not answer.citations:
        return [words("This answer has no sources.")]
    parts = [
        (source(citation, link, words=words), Text(_excerpt(each) if each else small(words(_GONE))))
        for citation, each in zip(answer.citations, shown, strict=True)
    ]
    return paged(parts, Tone.NEWS, plain=plain)


def passages(hits: Sequence[Citation], link: Link, plain: bool = False, words: OwnWords = ENGLISH) -> list[Page]:
    """Passages, as the quotes of their citations."""
    if not hits:
        return [words("Nothing more was found.")]
    parts = [(source(each, link, words=words), Text(quoted(escape(clean(each.quote))))) for each in hits]
    return paged(parts, Tone.NEWS, plain=plain)


def verdicts(
    found: Sequence[Verdict], link: Link, total: int, plain: bool = False, words: OwnWords = ENGLISH
) -> list[Page]:
    """The verdicts on the first claims of a message that has `total` claims."""
    if not found:
        return [words("There is no claim to check in this message.")]
    checked = words("Checked the first {shown} of {total} sentences.", shown=len(found), total=total)
    judged = small(" ".join([*([checked] if len(found) < total else []), *_judges(found, words)]))
    worst = min((_TONES[each.verdict] for each in found), key=list(_TONES.values()).index)
    parts = [_verdict(each, link, words) for each in found]
    return paged(parts, worst, foot=lambda at, total: judged if at == total else "", plain=plain)


def articles(shown: Sequence[Article], first: int, total: int, words: OwnWords = ENGLISH) -> str:
    """A page of `total` articles in one message; `first` is the number of its first, counted from 1."""
    if not shown:
        if total == 0:
            return words("No articles.")
        return words("No more articles: there are {total}.", total=words.number(total))
    if len(shown) == total:
        head = f"**{words.many('{count} article', '{count} articles', total)}**"
    else:
        start, last, every = (words.number(each) for each in (first, first + len(shown) - 1, total))
        head = words("**Articles {first}–{last} of {total}**", first=start, last=last, total=every)
    return fitted(
        join(head, *(_listed(number, each, width, words) for number, each in enumerate(shown, first)))
        for width in (TITLE, 60, 30, 10)
    )


def article(shown: Article, text: str, link: str | None, plain: bool = False, words: OwnWords = ENGLISH) -> list[Page]:
    """An article: its metadata, its length, its beginning and its link."""
    known = shown.metadata
    length = len(text.split())
    minutes = max(1, round(length / _PACE))
    size = words.many("{count} word", "{count} words", length)
    reading = words.many("about {count} minute to read", "about {count} minutes to read", minutes)
    tags = escape(shorten(", ".join(filter(None, map(clean_line, known.tags))), TITLE))
    own = words("the feed's own text, not the whole article") if known.basis.get("text") == "feed" else ""
    tagged = words("tags: {tags}", tags=tags) if tags else ""
    about = [f"{size}, {reading}", tagged, code(titled(None, shown.file)), own]
    start = clean(text[: 4 * _BEGINNING])
    title, dated = titled(known.title, shown.file), words.day(known.published, known.published_estimated)
    head = join(f"## {escape(title)}", " · ".join([*people(known.outlet, known.author), dated]))
    shown_at = link if link and can_link(link) else ""
    small_print = small(" · ".join(filter(None, about)))
    linked = join(small_print, masked(words("Read on"), shown_at) if shown_at else "")
    below = SourceLine(small_print, linked, button_address(shown_at), words("Read on"))
    return paged([(Text(head), Text(quoted(escape(shorten(start, _BEGINNING)))), below)], Tone.NEWS, plain=plain)


def thread_name(question: str, words: OwnWords = ENGLISH) -> str:
    """The name of the thread a question opens."""
    plain = _MENTION.sub("", clean_line(question))
    name = clean_line(_MARKUP.sub(" ", _MARKUP.sub(" ", plain)))
    return shorten(name, _LONGEST_NAME) or words("Question")


def choice(name: str) -> str:
    """The label of a choice for autocompletion, where Discord formats nothing."""
    return shorten(clean_line(name), _LONGEST_NAME) or "?"


def _excerpt(shown: QuoteInContext) -> str:
    """The paragraph with the quote in bold; the text around it is shortened at its outer ends."""
    before, quote, after = (clean(part) for part in (shown.before, shown.quote, shown.after))
    marked = f"**{escape(quote)}**" if quote else ""
    return quoted(
        escape(shorten_start(before, _AROUND))
        + _gap(shown.before[len(shown.before.rstrip()) :] + shown.quote[: -len(shown.quote.lstrip())])
        + marked
        + _gap(shown.quote[len(shown.quote.rstrip()) :] + shown.after[: -len(shown.after.lstrip())])
        + escape(shorten(after, _AROUND))
    )


def _verdict(found: Verdict, link: Link, words: OwnWords) -> Part:
    claim = escape(shorten(clean_line(found.claim), _CLAIM))
    evidence: list[Block] = []
    for each in found.evidence:
        evidence += [Text(quoted(escape(in_quotes(clean(each.quote))))), source(each, link, words=words)]
    return Text(f"{words(_VERDICTS[found.verdict])}: “{claim}”"), *evidence


def _judges(found: Sequence[Verdict], words: OwnWords) -> list[str]:
    """The judges of the verdicts, without duplicates, and the reasons if the model could not judge."""
    judges = dict.fromkeys(each.model or words("similarity of words and meaning to the articles") for each in found)
    by = f" {words('and')} ".join(escape(clean_line(each)) for each in judges)
    notes = dict.fromkeys(each.note for each in found if each.note)
    judged = words("Judged by {judges}, not by a person: read the quotes.", judges=by)
    return [judged, *(f"{escape(clean_line(words.said(each)))}." for each in notes)]


def _listed(number: int, shown: Article, width: int, words: OwnWords) -> str:
    known = shown.metadata
    outlet = people(known.outlet, width=min(width, NAME))
    title = escape(shorten(titled(known.title, shown.file), width))
    return f"{number}. " + " · ".join([title, *outlet, words.day(known.published, known.published_estimated)])


def _gap(space: str) -> str:
    return "\n" if "\n" in space else " " if space else ""


def added(came: AddedArticle, link: str | None, words: OwnWords = ENGLISH) -> str:
    """The line for an article that is stored."""
    known = came.article.metadata
    title = titled(known.title, came.article.file)
    parts = [f"{words(_STATES[came.state])}: {masked(title, link) if link and can_link(link) else escape(title)}"]
    if outlet := shorten(clean_line(known.outlet or ""), NAME):
        parts.append(escape(outlet))
    parts.append(words.day(known.published, known.published_estimated))
    if came.duplicate:
        of = code(shorten(clean_line(came.duplicate.of), _FILE_NAME) or "?")
        parts.append(words(_DUPLICATES[came.duplicate.kind], article=of))
    return " · ".join(parts)


def not_added(name: str, reason: str) -> str:
    """The line for an address or a file without an article; `reason` is escaped already."""
    return f"⚠️ {code(shorten(clean_line(name), _FILE_NAME) or '?')}: {reason}"


def why(error: BriefingError, words: OwnWords) -> str:
    """The line of an error, escaped and shortened."""
    return escape(shorten(clean_line(words.said(error.line)), _REASON))
