"""Recognises pages without an article: robot checks, consent and log-in pages, missing pages, paywalls, lists.

A wrong alarm loses an article, a missed page is cited as one. So a sign counts only together with another, mostly the
lack of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from retrieval.domain.phrase import Phrase
from retrieval.ingestion.cleaning import blocked_page_signs, boilerplate_lines
from retrieval.ingestion.cleaning.blocked_page_signs import bare

ROBOTS = Phrase("a check for robots, not the article")
SCRIPTS = Phrase("empty without JavaScript")
MISSING = Phrase("page not found (served as if it were there)")
FRONT = Phrase("page not found (leads to the front page)")
CONSENT = Phrase("a consent page, not the article")
LOGIN = Phrase("asks to log in")
PAYWALL = Phrase("paywalled: only its beginning can be read")
LIST = Phrase("no running text: not an article")

# Letters and digits. Other signs tell free articles of this length from teasers.
_SHORT = 1_500
# Letters of one paragraph; not every script marks the end of a sentence as ours does.
_RUNNING = 200
_GATED = 700  # letters of a beginning that a paywall follows
_BOXED = 40  # letters in a box that a script fills later
_AFTER = 800  # characters after the text in which a request to subscribe is looked for
_READ_SHARE = 0.6  # of the number of words that the page declares
_PARTS = re.compile(r"\s+[|·•–—:-]\s+|\s*[|»›]\s*")
_NAMED = re.compile(r"\s*:\s+")
_CONSENT_HOST = re.compile(r"(?:consent|cmp|guce|privacy|cookies?)[.-]|\w+-consent\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(
    r"/(?:\w*consent\w*|gdpr\w*|cookie-?(?:wall|policy|settings|check)|privacy-?wall)(?:[/.?]|$)", re.I
)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|subscribe|register|paywall|auth)(?:[/.]|$)", re.IGNORECASE)
_NOT_FREE = re.compile(r"isAccessibleForFree\W{1,6}(?P<free>true|false)", re.IGNORECASE)
_WORD_COUNT = re.compile(r"\"wordCount\"\s*:\s*\"?(?P<count>\d{1,6})")
_UNSEEN = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def find(tree: Any, text: str, asked: str, url: str) -> str | None:
    """The reason why a page is no article, in a few words; None where it is one.

    `text` is the article as extracted, empty where none was found; `asked` is the address that led to `url`.
    """
    short = _letters(text) < _SHORT
    names = list(_names(tree))
    seen = bare(" ".join(_visible(tree))) if short else ""
    little = not _is_running(text)
    if short and (_any(blocked_page_signs.ROBOTS_NAME, names) or blocked_page_signs.ROBOTS.search(seen[:3_000])):
        return ROBOTS
    if little and _is_marked(tree, blocked_page_signs.ROBOTS_MARK, ("class", "id", "src", "action")):
        return ROBOTS
    if _any(blocked_page_signs.MISSING_NAME, names) or (
        short and _is_marked(tree, blocked_page_signs.MISSING_MARK, ("class", "id"))
    ):
        return MISSING
    here, before = urlsplit(url), urlsplit(asked)
    if _is_front(here) and not _is_front(before) and _site(here) == _site(before):
        return FRONT
    if short and (
        found := _gate(tree, names, text, here, moved=_site(here) + here.path != _site(before) + before.path)
    ):
        return found
    if short and _is_paywalled(tree, text, seen):
        return PAYWALL
    if _is_running(text):
        return None
    if blocked_page_signs.SCRIPTS.search(bare(tree.text_content())[:3_000]) or _is_app(tree):
        return SCRIPTS
    return LIST if text else None


def _gate(tree: Any, names: list[str], text: str, here: SplitResult, *, moved: bool) -> str | None:
    """The reason if a page with little text asks for consent or a log-in; `moved` after a redirect elsewhere."""
    count = len({match[0] for match in blocked_page_signs.CONSENT.finditer(bare(text))})
    if count >= 3 or (_any(blocked_page_signs.CONSENT_NAME, names) and (moved or count or not text)):
        return CONSENT
    if (
        not _is_running(text)
        and _is_marked(tree, blocked_page_signs.CONSENT_MARK, ("class", "id"))
        and (count or not text)
    ):
        return CONSENT
    if moved and (_CONSENT_HOST.match(here.netloc) or _CONSENT_PATH.search(here.path)):
        return CONSENT
    return (
        LOGIN if (moved and _LOGIN_PATH.search(here.path)) or _any(blocked_page_signs.LOGIN_NAME, names[:1]) else None
    )


def _is_paywalled(tree: Any, text: str, seen: str) -> bool:
    data = " ".join(element.text or "" for element in tree.iter("script") if "ld+json" in (element.get("type") or ""))
    free = _NOT_FREE.search(data)
    if (free and free["free"].lower() == "false") or _is_locked(tree):
        declared = _WORD_COUNT.search(data)
        return not declared or len(text.split()) < _READ_SHARE * int(declared["count"])
    plain = bare(text)
    start = seen.rfind(plain[-60:]) if plain else -1
    after = seen[start + len(plain[-60:]) :][:_AFTER] if start >= 0 else ""
    if blocked_page_signs.PAYWALL.search(after) or blocked_page_signs.PAYWALL.search(plain[-300:]):
        return True
    return _letters(text) < _GATED and _has_gate(tree)


def _has_gate(tree: Any) -> bool:
    """Tell if the page has a paywall box with text in it, and not only a log-in link in its header."""
    marked = (
        element
        for element in tree.iter("div", "section", "aside")
        if blocked_page_signs.PAYWALL_MARK.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    )
    return any(
        _letters(" ".join(_visible(each))) >= _BOXED for each in marked if "header" not in (each.get("class") or "")
    )


def _is_marked(tree: Any, mark: re.Pattern[str], names: tuple[str, ...]) -> bool:
    """Tell if one of these attributes of an element has the mark."""
    return any(
        mark.search(value)
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name in names
        if (value := element.get(name))
    )


def _is_app(tree: Any) -> bool:
    """Tell if the page is an empty box that a script is to fill."""
    boxes = [
        element
        for element in tree.iter("div", "main", "section")
        if blocked_page_signs.APP_MARK.fullmatch(element.get("id") or "")
    ]
    scripts = any(element.get("src") or (element.text or "").strip() for element in tree.iter("script"))
    return scripts and any(_letters("".join(_visible(box))) < _BOXED for box in boxes)


def _is_locked(tree: Any) -> bool:
    tiers = (
        element.get("content") for element in tree.iter("meta") if element.get("property") == "article:content_tier"
    )
    return "locked" in tiers


def _is_running(text: str) -> bool:
    parts = text.split("\n\n")
    return any(boilerplate_lines.is_body(part) or _letters(part) >= _RUNNING for part in parts)


def _is_front(address: SplitResult) -> bool:
    """Tell if the address is a site's front page, in whichever language."""
    return not address.query and bool(re.fullmatch(r"/*(?:(?:[a-z]{2}|index\.\w+|home)/*)?", address.path, re.I))


def _site(address: SplitResult) -> str:
    return (address.hostname or "").removeprefix("www.")


def _names(tree: Any) -> Iterator[str]:
    """The names of the page: the parts of its title, and its first headings."""
    for title in list(tree.iter("title"))[:1]:
        parts = _PARTS.split(title.text_content()[:300])
        yield from map(bare, parts)
        yield from (bare(part) for whole in parts if len(named := _NAMED.split(whole)) > 1 for part in named[-1:])
    for heading in list(tree.iter("h1"))[:3]:
        yield bare(heading.text_content()[:300])


def _any(pattern: re.Pattern[str], names: list[str]) -> bool:
    return any(pattern.fullmatch(name) for name in names)


def _visible(element: Any) -> Iterator[str]:
    """The texts on the page that are not hidden. Recursion is safe: the parser stops at 256 levels."""
    hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
    if isinstance(element.tag, str) and element.tag not in _UNSEEN and not hidden:
        yield element.text or ""
        for child in element:
            yield from _visible(child)
            yield child.tail or ""


def _letters(text: str) -> int:
    return sum(letter.isalnum() for letter in text)
