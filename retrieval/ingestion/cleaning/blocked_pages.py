"""Recognises pages without an article: robot checks, consent and log-in pages, missing pages, paywalls, lists.

A wrong alarm loses an article, a missed page is cited as one. So a sign counts only together with another, mostly the
lack of text. The patterns are for text in lower case without marks: "you ve" is "you've". Those called `_NAME` match a
whole title or heading, the others any part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from retrieval.domain.phrase import Phrase
from retrieval.ingestion.cleaning import boilerplate_lines
from retrieval.nlp.lexicon import listed_lines, load

_SPACED = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """The text in lower case and without marks, as the patterns expect it."""
    return _SPACED.sub(" ", text).strip().lower()


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _phrases(name: str) -> tuple[str, ...]:
    """The patterns of a list of phrases in other languages."""
    phrases = listed_lines(load("blocked_pages")[name])
    return tuple(_ANYTHING.join(re.escape(bare(part)) for part in phrase.split("*")) for phrase in phrases)


_ANYTHING = r"(?:\S* ){0,4}\S*"


_PIECE = r"(?:article|story|content|page|post|report|piece|analysis)"
_CANNOT = r"(?:can ?t|cannot|could not|couldn t)"
_READERS = (
    r"(?:paid |paying |registered |our |premium |digital |full )*(?:subscribers?|members?|subscription|membership)"
)
_JOIN = (
    r"(?:subscribe|sign up|register|(?:log|sign) ?in|create an? (?:\w+ )?account"
    r"|become an? (?:\w+ )?(?:member|subscriber)|join|upgrade|pay|get (?:full |unlimited )?access)"
)

ROBOTS_NAME = _either(
    *_phrases("robots_names"),
    r"just a moment|attention required|access denied|robot check|pardon our interruption|one more step",
    r"are you (?:a )?(?:robot|human)",
    r"(?:please )?(?:verify|confirm|prov)\w* (?:that )?you(?: are| re) .{1,20}",
    r"human verification|bot (?:verification|detection)|(?:\w+ )?security (?:check|checkpoint)|captcha",
    r"checking your browser.*|ddos guard|client challenge|you have been blocked",
    r"request (?:unsuccessful|rejected|blocked)|access to this page has been denied",
)
ROBOTS_TEXT = _either(
    *_phrases("robots"),
    r"enable javascript and cookies to continue|verif(?:y|ying) (?:that )?you are (?:a |not a )?(?:human|robot)",
    r"unusual (?:traffic|activity) from your|(?:complete|solve) the (?:captcha|security check)|press and hold to",
    r"checking (?:your browser|if the site connection is secure)|needs to review the security of your connection",
)
SCRIPTS_TEXT = _either(
    *_phrases("scripts"),
    r"(?:enable|requires?|turn on|without|need) (?:\w+ ){0,3}javascript",
    r"javascript (?:is|must be) ",
)
MISSING_NAME = _either(
    *(rf"(?:\w+ ){{0,3}}{each}(?: \w+){{0,3}}" for each in _phrases("missing")),
    r"(?:http |error |status )*404(?: error)?(?: (?:page )?not found)?|not found|nothing (?:was )?found",
    rf"(?:sorry )?(?:the |this )?{_PIECE} (?:is |was )?(?:not found|unavailable|missing)",
    rf"(?:sorry )?(?:the |this )?{_PIECE} (?:is |was )?(?:not|no longer) available",
    rf"(?:sorry )?(?:the |this )?{_PIECE} (?:is |was |has been )?(?:removed|expired|deleted)",
    rf"(?:sorry )?(?:the |this |that )?{_PIECE}(?: you \w+(?: \w+){{1,4}})? (?:isn t available"
    rf"|(?:does not|doesn t) exist|no longer exists|{_CANNOT} be found)",
    rf"(?:oops|sorry|uh oh|whoops).{{0,40}} (?:not found|{_CANNOT} (?:be found|find .{{1,40}}))",
    rf"(?:oops )?(?:we|you).{{0,12}} {_CANNOT} find (?:that|the|this) page.{{0,20}}",
)
CONSENT_NAME = _either(
    *_phrases("consent_names"),
    r"before you continue(?: to .{1,40})?|we value your privacy|your (?:data )?privacy(?: choices| matters| settings)?",
    r"consent|(?:your )?cookies? (?:consent|settings|preferences|policy|choices|notice|wall)",
    r"(?:your )?privacy (?:settings|notice|choices)",
)
CONSENT_TEXT = _either(
    *_phrases("consent"),
    r"(?:we|our) (?:(?:and|use|with|our|\d+|\w+) )?(?:\w+ )?(?:partners|vendors|cookies)|accept all|reject all",
    r"manage (?:\w+ )?(?:preferences|settings|options|choices|cookies)|legitimate interests?|cookie policy",
    r"(?:store|storing) (?:and )?(?:or )?access(?:ing)? information|on a device|withdraw (?:your )?consent",
    r"personali[sz]ed (?:ads|advertising|content)",
)
LOGIN_NAME = _either(
    *_phrases("login_names"), r"(?:please )?(?:log ?in|sign ?in|subscribe|register)(?: to (?:continue|read)\b.*)?"
)
PAYWALL_TEXT = _either(
    *_phrases("paywall"),
    rf"\b{_JOIN}\b.{{0,60}}\b(?:to|and) (?:continue|keep reading|read|unlock|access|finish)\b"
    r"(?! (?:the |our |all |and post )*(?:comments?|newsletters?))",
    rf"\bth(?:is|e) (?:premium )?{_PIECE} (?:is |s )(?:\w+ )?(?:available |reserved |exclusive\w* |only |locked )+"
    rf"(?:to|for) {_READERS}",
    rf"\bfor {_READERS} only\b|\b(?:subscribers?|members?|premium) (?:only|exclusive) {_PIECE}",
    rf"\b(?:unlock|access) (?:this|the (?:full|rest of this|rest of the|whole|entire)) {_PIECE}",
    r"\byou (?:ve|have) (?:reached|read|used|hit) (?:your|all|the|\d) .{0,40}\b(?:limit|articles?)\b",
    rf"\b(?:rest|remainder) of (?:this|the) {_PIECE} is\b",
    r"\balready an? (?:\w+ )?(?:subscriber|member)\b|\balready (?:subscribed|have a subscription)\b",
    r"\b(?:subscribe|trial) .{0,40}\b(?:per|a) (?:month|week|year)\b|\b(?:start|begin) (?:your|a) (?:\w+ )?trial\b",
)

# Marks in the markup of such pages, in any language: robot checks, consent dialogues, paywalls, missing pages.
ROBOTS_MARK = re.compile(
    r"\b(?:cf-challenge|cf-turnstile|challenge-form|challenge-platform|g-recaptcha|h-captcha|px-captcha|captcha-delivery"
    r"|_incapsula_resource|datadome)\b",
    re.IGNORECASE,
)
CONSENT_MARK = re.compile(
    r"\b(?:onetrust-[\w-]+|sp_message[\w-]*|didomi-[\w-]+|usercentrics-[\w-]+|qc-cmp[\w-]*|cybotcookiebot\w*|cmpbox\w*"
    r"|fc-consent[\w-]*|truste[_-]\w+|cookie-?(?:wall|consent|banner)|consent-?(?:wall|page|form|layer))\b",
    re.IGNORECASE,
)
PAYWALL_MARK = re.compile(
    r"\b(?:pay-?wall(?![\w-]*(?:free|open))[\w-]*|reg-?wall[\w-]*|piano-(?:offer|inline)[\w-]*|subscriber-?only[\w-]*"
    r"|tp-(?:modal|container-inner)|premium-(?:wall|gate)[\w-]*|meter-?wall[\w-]*)\b",
    re.IGNORECASE,
)
MISSING_MARK = re.compile(
    r"(?:^|\s)(?:error-?404|page-?404|404-?page|not-found-page|page-not-found)(?=\s|$)", re.IGNORECASE
)
# The box that a script fills with the whole page.
APP_MARK = re.compile(r"(?:root|app|__next|__nuxt|___gatsby|application|svelte)", re.IGNORECASE)


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
    if short and (_any(ROBOTS_NAME, names) or ROBOTS_TEXT.search(seen[:3_000])):
        return ROBOTS
    if little and _is_marked(tree, ROBOTS_MARK, ("class", "id", "src", "action")):
        return ROBOTS
    if _any(MISSING_NAME, names) or (short and _is_marked(tree, MISSING_MARK, ("class", "id"))):
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
    if SCRIPTS_TEXT.search(bare(tree.text_content())[:3_000]) or _is_app(tree):
        return SCRIPTS
    return LIST if text else None


def _gate(tree: Any, names: list[str], text: str, here: SplitResult, *, moved: bool) -> str | None:
    """The reason if a page with little text asks for consent or a log-in; `moved` after a redirect elsewhere."""
    count = len({match[0] for match in CONSENT_TEXT.finditer(bare(text))})
    if count >= 3 or (_any(CONSENT_NAME, names) and (moved or count or not text)):
        return CONSENT
    if not _is_running(text) and _is_marked(tree, CONSENT_MARK, ("class", "id")) and (count or not text):
        return CONSENT
    if moved and (_CONSENT_HOST.match(here.netloc) or _CONSENT_PATH.search(here.path)):
        return CONSENT
    return LOGIN if (moved and _LOGIN_PATH.search(here.path)) or _any(LOGIN_NAME, names[:1]) else None


def _is_paywalled(tree: Any, text: str, seen: str) -> bool:
    data = " ".join(element.text or "" for element in tree.iter("script") if "ld+json" in (element.get("type") or ""))
    free = _NOT_FREE.search(data)
    if (free and free["free"].lower() == "false") or _is_locked(tree):
        declared = _WORD_COUNT.search(data)
        return not declared or len(text.split()) < _READ_SHARE * int(declared["count"])
    plain = bare(text)
    start = seen.rfind(plain[-60:]) if plain else -1
    after = seen[start + len(plain[-60:]) :][:_AFTER] if start >= 0 else ""
    if PAYWALL_TEXT.search(after) or PAYWALL_TEXT.search(plain[-300:]):
        return True
    return _letters(text) < _GATED and _has_gate(tree)


def _has_gate(tree: Any) -> bool:
    """Tell if the page has a paywall box with text in it, and not only a log-in link in its header."""
    marked = (
        element
        for element in tree.iter("div", "section", "aside")
        if PAYWALL_MARK.search(f"{element.get('class') or ''} {element.get('id') or ''}")
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
    boxes = [element for element in tree.iter("div", "main", "section") if APP_MARK.fullmatch(element.get("id") or "")]
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
