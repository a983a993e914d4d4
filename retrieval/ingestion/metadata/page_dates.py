"""Finds the day of publication that a web page states, and not the day of a hearing, a video or a related story."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from retrieval.ingestion.cleaning.paragraphs import Paragraph
from retrieval.ingestion.metadata import byline, dates

_META = tuple(
    str.split(
        "article:published_time og:article:published_time article:published og:published_time datepublished"
        " parsely-pub-date sailthru.date publish-date publish_date publishdate pubdate publicationdate publication_date"
        " citation_publication_date citation_online_date dc.date.issued dcterms.issued dc.date.published"
        " dcterms.created dc.date.created dc.date dcterms.date dc.created date created cxenseparse:publishtime"
        " cxenseparse:recs:publishtime article.published rnews:datepublished displaydate timestamp"
    )
)
_ARTICLE = re.compile(r"(?:\w*Article|\w*Posting|Report|WebPage|ScholarlyWork|CreativeWork|PressRelease|Review)", re.I)
_TYPED = re.compile(r"schema\.org/(?P<type>\w+)", re.IGNORECASE)
# Inside these, dates belong to something else.
_ASIDE_TAGS = frozenset(("aside", "nav", "footer", "figure", "blockquote", "form", "iframe"))
_ASIDE_NAMES = re.compile(
    r"comment|related|recommend|sidebar|footer|promo|teaser|widget|more-|most-|popular|trending|newsletter|disqus|replies"
    r"|read-?next|carousel|copyright",
    re.IGNORECASE,
)
_LINES = frozenset(("p", "span", "div", "li", "small", "time", "em", "td", "dd", "address"))
_UPDATED_NAMES = re.compile(r"updat|modif", re.IGNORECASE)
_MOST_SCRIPTS, _LONGEST_SCRIPT, _DEEPEST = 30, 500_000, 12
_MOST_ELEMENTS = 3_000
_LONGEST_LINE = 120


def find(tree: Any) -> str | None:
    """The time or day of publication that the page states, None if there is none."""
    for read in (_in_data, _in_meta, _marked, _in_times, _in_lines):
        for value in read(tree):
            if found := dates.believable(dates.normalise(value)):
                return found
    return None


def others(tree: Any) -> frozenset[str]:
    """The days in the page's `time` elements. Without a stated day, they are those of a hearing or of another story."""
    values = (dates.normalise(element.get("datetime")) for element in islice(tree.iter("time"), _MOST_ELEMENTS))
    return frozenset(value[:10] for value in values if value)


def _in_data(tree: Any) -> Iterator[object]:
    scripts = (element for element in tree.iter("script") if "ld+json" in (element.get("type") or "").lower())
    for script in islice(scripts, _MOST_SCRIPTS):
        text = (script.text or "").strip()
        if not 0 < len(text) <= _LONGEST_SCRIPT:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles(data, 0)


def _articles(data: object, depth: int) -> Iterator[object]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data[:100]:
            yield from _articles(each, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in kinds):
            yield data.get("datePublished") or data.get("dateCreated")
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles(data.get(name), depth + 1)


def _in_meta(tree: Any) -> Iterator[object]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
        if (content := meta.get("content")) and not _is_aside(meta):
            found.setdefault(name.strip().lower(), content)
    yield from (found[name] for name in _META if name in found)


def _marked(tree: Any) -> Iterator[object]:
    """Values marked up as the day of publication of the page or of an article."""
    for element in tree.iter():
        marks = (element.get("itemprop") or "").lower().split() if isinstance(element.tag, str) else ()
        if "datepublished" not in marks and element.get("pubdate") is None:
            continue
        scope = next((ancestor for ancestor in element.iterancestors() if ancestor.get("itemscope") is not None), None)
        kind = _TYPED.search(scope.get("itemtype") or "") if scope is not None else None
        if not _is_aside(element) and (kind is None or _ARTICLE.fullmatch(kind["type"])):
            yield element.get("content") or element.get("datetime") or " ".join(element.text_content().split())


def _in_times(tree: Any) -> Iterator[object]:
    """Times above the article that are not in a sentence; those of an update come last."""
    updated: list[object] = []
    for element in _over_article(tree):
        if element.tag == "time" and (value := element.get("datetime")) and _stands_alone(element):
            around = f"{element.get('class') or ''} {element.getparent().get('class') or ''}"
            line = " ".join(element.getparent().text_content().split())
            if _UPDATED_NAMES.search(around) or byline.is_updated(line):
                updated.append(value)
            else:
                yield value
    yield from updated


def _in_lines(tree: Any) -> Iterator[object]:
    """The date of a line above the article that has nothing else in it but a label."""
    found: list[Paragraph] = []
    for element in _over_article(tree):
        if element.tag in _LINES:
            line = " ".join(element.text_content().split())
            if len(line) <= _LONGEST_LINE:
                found.append(Paragraph(line, 0, len(line), len(found)))
    day = byline.find_date(found)
    if day and not day.other:
        yield day.iso


def _over_article(tree: Any) -> Iterator[Any]:
    """The elements before the second long paragraph, without those beside the article."""
    long = 0
    for count, element in enumerate(tree.iter()):
        if count > _MOST_ELEMENTS or long > 1:
            return
        if not isinstance(element.tag, str):
            continue
        if element.tag == "p" and len(element.text_content()) > _LONGEST_LINE:
            long += 1
        elif not _is_aside(element):
            yield element


def _stands_alone(element: Any) -> bool:
    parent = element.getparent()
    if parent is None or any(
        ancestor.tag == "p" and len(ancestor.text_content()) > _LONGEST_LINE for ancestor in element.iterancestors()
    ):
        return False
    return len(" ".join(parent.text_content().split())) <= _LONGEST_LINE or parent.tag in (
        "header",
        "div",
        "section",
        "article",
    )


def _is_aside(element: Any) -> bool:
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in _ASIDE_TAGS:
            return True
        if ancestor.tag not in ("html", "body", "main", "article") and _ASIDE_NAMES.search(
            f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        ):
            return True
    return False
