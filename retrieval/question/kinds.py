"""What a question wants: a fact, a list, a summary, a look into the corpus, or only to be polite.

Read from its wording by the phrases of the lexicon; the rules are the same for all languages that have one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from retrieval.nlp.tokens import content_terms
from retrieval.question.phrases import LANGUAGES, phrases


class Kind(StrEnum):
    """How evidence is selected for a question."""

    FACT = "fact"
    YES_NO = "yes_no"
    LIST = "list"
    REASON = "reason"
    COMPARISON = "comparison"
    POSITION = "position"
    SUMMARY = "summary"
    CORPUS = "corpus"
    COURTESY = "courtesy"


@dataclass(frozen=True, slots=True)
class Request:
    """What a summary, a look into the corpus or a comparison is to be of.

    `topic` is empty where everything is meant. `file` is the name of an article; with `newest` the newest article is
    meant. `sides` are what a comparison sets against each other. `keyword`: the question is nothing but its topic.
    """

    kind: Kind
    topic: str = ""
    file: str = ""
    newest: bool = False
    sides: tuple[str, ...] = ()
    keyword: bool = False


_WORD = re.compile(r"[\w&’'.-]*\w")
_FILE = re.compile(r"[\w-][\w.-]*\.(?:txt|md|markdown|html?|pdf)\b", re.IGNORECASE)
_MARKS = '?!.,;:¿¡"“”„«»()…- '
# The longest question that may be nothing but a topic, in words.
_KEYWORDS = 3
# How far into a question "which" may stand, and how far behind it its noun.
_BEFORE_WHICH, _NOUN_WITHIN = 2, 4
_CAPITAL = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_a-zß-ÿ][\w’'-]*")


def read_request(text: str, rest: str, language: str) -> Request | None:
    """What is asked for where the question is not one that evidence answers; None where it is.

    `rest` is the question without its phrases about time and sources.
    """
    if is_courtesy(text):
        return Request(Kind.COURTESY)
    request = _corpus(rest, language) or _summary(text, rest, language)
    return request or _comparison(rest, language) or _keyword(text, language)


def is_courtesy(text: str) -> bool:
    """Whether a text only greets, thanks or agrees, or asks who answers and how."""
    said = text.casefold().strip(_MARKS)
    for language in LANGUAGES:
        if phrases(language, "about_bot").fullmatch(said):
            return True
        left, found = phrases(language, "courtesy").subn(" ", said)
        if found and not content_terms(left) and not phrases(language, "asks").search(left):
            return True
    return False


def opened(text: str, language: str) -> str:
    """A question without what only leads to it: "And", "So", "¿"."""
    text = text.lstrip(_MARKS)
    while match := phrases(language, "opener").match(text) or phrases(language, "polite").match(text):
        rest = text[match.end() :].lstrip(_MARKS)
        if not rest or rest == text:
            break
        text = rest
    return text


def _corpus(rest: str, language: str) -> Request | None:
    """ "What articles do you have?", "Do you have anything on Hungary?", "Which article mentions THAAD?" """
    asked = opened(rest, language)
    article, listed = phrases(language, "article"), phrases(language, "articles")
    noun = listed.search(asked)
    thing = phrases(language, "anything").search(asked)
    have, there = phrases(language, "have").search(asked), phrases(language, "there").match(asked)
    if have and (found := noun or (thing if thing and thing.start() >= have.end() else None)):
        return Request(Kind.CORPUS, _topic(phrases(language, "have").sub(" ", asked[found.end() :]), language))
    if there and (found := noun or thing) and phrases(language, "about").match(asked[found.end() :].lstrip()):
        return Request(Kind.CORPUS, _topic(asked[found.end() :], language))
    if not noun or len(asked[: noun.start()].split()) > 3:
        return None
    after = asked[noun.end() :].lstrip()
    if phrases(language, "show").match(asked):
        return Request(Kind.CORPUS, _topic(after, language))
    counts = phrases(language, "which").match(asked) or phrases(language, "number").match(asked)
    mention = phrases(language, "mention").search(after)
    if counts and mention:
        return Request(Kind.CORPUS, _topic(after[mention.end() :], language))
    if counts and article.fullmatch(noun[0]) and not re.match(r"\d|of\b", after):
        return Request(Kind.CORPUS, _topic(after, language)) if _only_about(after, language) else None
    return None


def _only_about(after: str, language: str) -> bool:
    """Whether nothing, or only what the articles are about, follows: not what somebody did with them."""
    return not content_terms(after) or bool(phrases(language, "about").match(after))


def _summary(text: str, rest: str, language: str) -> Request | None:
    """ "Summarise the latest article", "What is new?", "What happened in March?", "Brief me on Hungary" """
    asked = opened(rest, language)
    told = phrases(language, "summary").match(asked)
    file = _FILE.search(text)
    news = phrases(language, "news").match(asked)
    newest = re.search(
        rf"{phrases(language, 'newest').pattern}\s+{phrases(language, 'articles').pattern}", asked, re.IGNORECASE
    )
    if file and (told or not _is_about_more(asked, file[0], language)):
        return Request(Kind.SUMMARY, file=file[0])
    if told or (newest and not _is_about_more(asked, newest[0], language)):
        about = phrases(language, "summary_end").sub(" ", phrases(language, "summary").sub(" ", asked))
        about = about.replace(newest[0], " ") if newest else about
        return Request(Kind.SUMMARY, _topic(about, language), newest=newest is not None)
    left = _topic(asked[news.end() :], language) if news else asked
    if news and (not content_terms(left) or not phrases(language, "happened").match(asked)):
        return Request(Kind.SUMMARY, left if content_terms(left) else "")
    # "What did AP report today?": nothing but the day and the source.
    return Request(Kind.SUMMARY) if rest != text and not content_terms(rest) else None


def _is_about_more(asked: str, named: str, language: str) -> bool:
    """Whether a question that names an article asks for something in it."""
    left = phrases(language, "light").sub(" ", asked.replace(named, " "))
    return bool(content_terms(phrases(language, "articles").sub(" ", left)))


def _topic(text: str, language: str) -> str:
    """What something is about, from the words after the phrase that asks for it."""
    text = text.strip(_MARKS)
    lead = re.compile(
        rf"(?:{phrases(language, 'about').pattern}|{phrases(language, 'mention').pattern}"
        rf"|{phrases(language, 'determiner').pattern})\s*",
        re.IGNORECASE,
    )
    while match := lead.match(text):
        text = text[match.end() :].strip(_MARKS)
    return text


def _comparison(rest: str, language: str) -> Request | None:
    """ "Compare the US and German positions", "How do Rutte and Orban differ on sanctions?" """
    compares = phrases(language, "comparison").search(rest)
    noun = phrases(language, "position").search(rest)
    if not (compares or noun):
        return None
    for match in phrases(language, "between").finditer(rest, 0):
        left, right = rest[: match.start()].split(), rest[match.end() :].split()
        before, after = _side(left[::-1])[::-1], _side(_undetermined(right, language))
        named = before and after
        if not named and compares and left and right:
            before, after = left[-1:], _undetermined(right, language)[:1]
        if before and after and (named or compares):
            return Request(Kind.COMPARISON, sides=(_joined(before), _joined(after)))
    return Request(Kind.COMPARISON) if compares else None


def _side(words: list[str]) -> list[str]:
    """The words of a name that a list of words begins with."""
    name: list[str] = []
    for word in words:
        if not _CAPITAL.fullmatch(word.strip(_MARKS)):
            break
        name.append(word)
    return name


def _undetermined(words: list[str], language: str) -> list[str]:
    return words[1:] if words and phrases(language, "determiner").fullmatch(words[0]) else words


def _joined(words: list[str]) -> str:
    return " ".join(words).strip(_MARKS)


def _keyword(text: str, language: str) -> Request | None:
    """ "THAAD": a name or a few words that ask nothing."""
    bare = text.strip(_MARKS)
    asks = phrases(language, "asks").search(bare) or phrases(language, "auxiliary").search(bare)
    said = content_terms(phrases(language, "light").sub(" ", bare))
    if asks or not said or len(said) > _KEYWORDS or len(bare.split()) > _KEYWORDS:
        return None
    return Request(Kind.CORPUS, bare, keyword=True)


def kind_of(text: str, language: str) -> Kind:
    """The kind of a question that evidence answers, as far as it is not about now or about change."""
    asked = opened(text, language)
    if phrases(language, "number").match(asked) or phrases(language, "date").match(asked):
        return Kind.FACT
    if phrases(language, "reason").search(asked):
        return Kind.REASON
    if phrases(language, "list").match(asked) or _asks_several(asked, language):
        return Kind.LIST
    return Kind.YES_NO if _is_yes_no(asked, language) else Kind.FACT


def _is_yes_no(asked: str, language: str) -> bool:
    if phrases(language, "auxiliary").match(asked):
        return not re.search(r"\w\s+(?:or|oder|ou|o)\s+\w", asked) and not phrases(language, "asks").match(asked)
    return bool(phrases(language, "inverted").search(asked))


def _asks_several(asked: str, language: str) -> bool:
    """Whether "which" or "what" asks for things in the plural."""
    if phrases(language, "plural_which").search(asked):
        return True
    which = phrases(language, "which_many").search(asked) or phrases(language, "what").match(asked)
    if not which or len(asked[: which.start()].split()) > _BEFORE_WHICH:
        return False
    words = _WORD.findall(asked[which.end() :].casefold())[:_NOUN_WITHIN]
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if any(phrases(language, key).fullmatch(word) for key in ("auxiliary", "asks", "determiner", "singular_noun")):
            return False
        if phrases(language, "plural_noun").fullmatch(word):
            return not phrases(language, "what").match(which[0]) or bool(
                phrases(language, "auxiliary").fullmatch(following)
            )
    return False
