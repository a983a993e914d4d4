"""The words of pages without an article, as patterns for text in lower case without marks: "you ve" is "you've".

Patterns called `_NAME` match a whole title or heading, the others any part of the text.
"""

from __future__ import annotations

import re

from retrieval.nlp.lexicon import listed_lines, load

_SPACED = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """The text in lower case and without marks, as the patterns expect it."""
    return _SPACED.sub(" ", text).strip().lower()


def _any(*patterns: str) -> re.Pattern[str]:
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

ROBOTS_NAME = _any(
    *_phrases("robots_names"),
    r"just a moment|attention required|access denied|robot check|pardon our interruption|one more step",
    r"are you (?:a )?(?:robot|human)",
    r"(?:please )?(?:verify|confirm|prov)\w* (?:that )?you(?: are| re) .{1,20}",
    r"human verification|bot (?:verification|detection)|(?:\w+ )?security (?:check|checkpoint)|captcha",
    r"checking your browser.*|ddos guard|client challenge|you have been blocked",
    r"request (?:unsuccessful|rejected|blocked)|access to this page has been denied",
)
ROBOTS = _any(
    *_phrases("robots"),
    r"enable javascript and cookies to continue|verif(?:y|ying) (?:that )?you are (?:a |not a )?(?:human|robot)",
    r"unusual (?:traffic|activity) from your|(?:complete|solve) the (?:captcha|security check)|press and hold to",
    r"checking (?:your browser|if the site connection is secure)|needs to review the security of your connection",
)
SCRIPTS = _any(
    *_phrases("scripts"),
    r"(?:enable|requires?|turn on|without|need) (?:\w+ ){0,3}javascript",
    r"javascript (?:is|must be) ",
)
MISSING_NAME = _any(
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
CONSENT_NAME = _any(
    *_phrases("consent_names"),
    r"before you continue(?: to .{1,40})?|we value your privacy|your (?:data )?privacy(?: choices| matters| settings)?",
    r"consent|(?:your )?cookies? (?:consent|settings|preferences|policy|choices|notice|wall)",
    r"(?:your )?privacy (?:settings|notice|choices)",
)
CONSENT = _any(
    *_phrases("consent"),
    r"(?:we|our) (?:(?:and|use|with|our|\d+|\w+) )?(?:\w+ )?(?:partners|vendors|cookies)|accept all|reject all",
    r"manage (?:\w+ )?(?:preferences|settings|options|choices|cookies)|legitimate interests?|cookie policy",
    r"(?:store|storing) (?:and )?(?:or )?access(?:ing)? information|on a device|withdraw (?:your )?consent",
    r"personali[sz]ed (?:ads|advertising|content)",
)
LOGIN_NAME = _any(
    *_phrases("login_names"), r"(?:please )?(?:log ?in|sign ?in|subscribe|register)(?: to (?:continue|read)\b.*)?"
)
PAYWALL = _any(
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
