"""The web pages: their templates with the policy that allows a browser only these, and the page of an article."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from bot.presentation import terminal
from bot.presentation.links import Cited, address, find_cited
from bot.presentation.words import ENGLISH, LANGUAGES, OwnWords, phrase, words_in
from retrieval.domain.articles import Metadata, OpenedArticle
from retrieval.domain.citations import Basis
from retrieval.nlp.language import UNKNOWN, language_of
from retrieval.nlp.markup import beginning, readable

# A language of `Accept-Language` with its weight: "de-AT;q=0.8".
_WANTED = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
# Entries of a header that are read.
_MOST = 20


def words_of(request: web.Request) -> OwnWords:
    """The words in the language that a browser likes best of those there are; English where it asks for none."""
    wanted = [_WANTED.fullmatch(each) for each in request.headers.get("Accept-Language", "").split(",")[:_MOST]]
    weighed = [(float(each[2] or 1), each[1].lower()) for each in wanted if each]
    # Of equal weight the first, which sorting keeps in front.
    for weight, language in sorted(weighed, key=lambda pair: -pair[0]):
        if weight and language in (ENGLISH.language, *LANGUAGES):
            return words_in(language)
    return ENGLISH


_HERE = Path(__file__).parent
_STYLE = (_HERE / "reader.css").read_text("utf-8")
_SCRIPT = (_HERE / "reader.js").read_text("utf-8")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_BASIS: Mapping[Basis, str] = {
    "front_matter": phrase("stated at the head of the file"),
    "manifest": phrase("noted in the list of sources"),
    "feed": phrase("stated by the feed"),
    "page": phrase("stated by the page"),
    "text": phrase("read in the text"),
    "unknown": phrase("the source gives no date"),
}
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
Span = tuple[int, int]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str = "", images: str = "") -> str:
    """A Content-Security-Policy that allows this style, this script, images from there, and nothing else."""
    allowed = [f"style-src {_hash(style)}"]
    allowed += [f"script-src {_hash(script)}"] if script else []
    allowed += [f"img-src {images}"] if images else []
    return f"default-src 'none'; {'; '.join(allowed)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


# Style and script are part of the page, so the page needs no other address, whatever the path behind a proxy.
POLICY = policy(_STYLE, _SCRIPT)


def render(template: str, words: OwnWords, **values: Any) -> str:
    """The page of a template."""
    return _TEMPLATES.get_template(template).render(style=_STYLE, script=_SCRIPT, words=words, **values)


def notice(title: str, said: str, words: OwnWords) -> str:
    """A page of one sentence."""
    return render("notice.html", words, title=words(title), notice=words(said))


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of a paragraph; `mark` is its id where it is marked, `quote` what copying it gives, if it begins one."""

    text: str
    marked: bool = False
    mark: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph in parts; `apart` where it is boilerplate."""

    parts: tuple[ShownPart, ...]
    apart: bool


def compose(opened: OpenedArticle, cited: Sequence[Cited], words: OwnWords) -> str:
    """The page of an article, with these passages marked as far as they are found."""
    article, text = opened.article, opened.text
    known = article.metadata
    spans = _apart_from_others(filter(None, (find_cited(text, each) for each in cited)))
    title = terminal.article(known.title or article.file)
    published = words.day(known.published, known.published_estimated)
    source = " · ".join(filter(None, (terminal.article(known.outlet or ""), published)))
    marks = {span: f"cited{f'-{number}' if number else ''}" for number, span in enumerate(spans)}
    quotes = {span: _quote(text, span, title, source, address(known.url or "")) for span in spans}
    paragraphs = groupby(_paragraphs(opened, marks, quotes), lambda each: each.apart)
    language = language_of(text)
    return render(
        "reader.html",
        words,
        # For screen readers, which speak each part of the page in its own language.
        spoken="" if language == UNKNOWN else language,
        title=title,
        source=source,
        facts=[(name, terminal.article(value)) for name, value in _facts(article.file, known, words)],
        original=address(known.url or ""),
        marked=len(spans),
        changed=bool(cited) and not spans,
        runs=[(apart, list(run)) for apart, run in paragraphs],
    )


def _apart_from_others(spans: Iterable[Span]) -> list[Span]:
    """The spans, without those that overlap an earlier one."""
    kept: list[Span] = []
    for begin, end in spans:
        if all(end <= first or begin >= last for first, last in kept):
            kept.append((begin, end))
    return kept


def _quote(text: str, span: Span, title: str, source: str, url: str) -> str:
    """A quote with its source, on one line, to be copied."""
    said = " ".join(terminal.article(readable(text[slice(*span)])).split())
    return f"“{said}” ({', '.join(filter(None, (title, source, url)))})"


def _facts(file: str, known: Metadata, words: OwnWords) -> Iterator[tuple[str, str]]:
    published = words.day(known.published, known.published_estimated)
    if known.published:
        published += f", {words(_BASIS[known.basis.get('published', 'unknown')])}"
    facts = {
        words("Outlet"): known.outlet,
        words("Author"): known.author,
        words("Published"): published,
        words("File"): file,
    }
    return ((name, value) for name, value in facts.items() if value)


def _paragraphs(
    opened: OpenedArticle, marks: Mapping[Span, str], quotes: Mapping[Span, str]
) -> Iterator[ShownParagraph]:
    """The paragraphs of the text; a marked span may run over several."""
    text = opened.text
    begins = beginning(text)
    breaks = [match.span() for match in _BLANK_LINES.finditer(text, begins)]
    begun: set[Span] = set()
    for (_, start), (end, _) in zip([(0, begins), *breaks], [*breaks, (len(text), 0)], strict=True):
        if not text[start:end].strip():
            continue
        parts = tuple(_parts(text, (start, end), marks, quotes, begun))
        in_body = not opened.body or any(first < end and last > start for first, last in opened.body)
        yield ShownParagraph(parts, not (in_body or any(each.marked for each in parts)))


def _parts(
    text: str, paragraph: Span, marks: Mapping[Span, str], quotes: Mapping[Span, str], begun: set[Span]
) -> Iterator[ShownPart]:
    """The parts of a paragraph between and in the marked spans; the first part of a span has its id and its quote."""
    shown, (at, end) = terminal.article(text), paragraph
    for span in sorted(marks):
        begin, stop = (min(max(place, at), end) for place in span)
        if not text[begin:stop].strip():
            continue
        if begin > at:
            yield ShownPart(shown[at:begin])
        first = span not in begun
        yield ShownPart(shown[begin:stop], True, marks[span] if first else "", quotes[span] if first else "")
        begun.add(span)
        at = stop
    if end > at:
        yield ShownPart(shown[at:end])
