"""A question read once: what follows takes what it needs from a `Question` and reads no text again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass
from datetime import date

from retrieval.domain.phrase import Phrase
from retrieval.errors import QuestionError
from retrieval.nlp.actors import is_beside
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import entities
from retrieval.nlp.language import UNKNOWN, language_of
from retrieval.nlp.quantities import DATES, Quantity
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.kinds import LANGUAGES, Kind, Wanted, phrases, read_request, without_asking
from retrieval.question.outlets import find_attributions
from retrieval.question.periods import TimeRange
from retrieval.question.target import (
    ASKING,
    AnswerType,
    Office,
    Tense,
    answer_type,
    asked_office,
    counted_of,
    sides_of,
    subject_of,
    tense_of,
)
from retrieval.question.time_expressions import read_time

MAX_LENGTH = 2000
_SHORT = 3  # words in which a language model would have to guess


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read.

    `focus` is it without time and sources, to embed and to search; `target` the type of its answer; `request` what is
    wanted instead of one from evidence. `happened` is when what it asks about took place, `published` when the articles
    it wants came out, `outlets` theirs. `tense` is "now" where the newest word counts, "changed" where the course of
    things does, "done" where it asks if something has come about. `subject` leaves out who acts; `sides` are the names
    compared; `asked_names` those in the sentence that asks. `office` is whose holder alone it asks for, `counted` the
    terms of what it wants counted.
    """

    text: str
    focus: str
    _: KW_ONLY
    language: str = "en"
    target: AnswerType | None = None
    request: Wanted | None = None
    happened: TimeRange | None = None
    published: TimeRange | None = None
    outlets: tuple[str, ...] = ()
    tense: Tense | None = None
    subject: str = ""
    sides: tuple[str, ...] = ()
    asked_names: tuple[str, ...] = ()
    office: Office | None = None
    counted: frozenset[str] = frozenset()

    @property
    def time(self) -> TimeRange | None:
        """The time it names, whichever it is of."""
        return self.published or self.happened

    @property
    def past(self) -> bool:
        """Tell if its verb asks for what was so then."""
        return bool(phrases(self.language, "past").search(self.text))

    @property
    def actor(self) -> str:
        """Whose position it asks for: its first name, unless that only says where, or of what; empty for nobody's."""
        name = next(iter(self.asked_names), "")
        return "" if is_beside(self.text[: max(self.text.find(name), 0)]) else name

    @property
    def terms(self) -> frozenset[str]:
        """All its terms."""
        return frozenset(terms(self.text))

    @property
    def content(self) -> frozenset[str]:
        """The terms of what it is about, without words that only ask; all where no other is left."""
        own = frozenset(content_terms(self.focus, self.language))
        return (own - ASKING if self.tense else own) or own or frozenset(content_terms(self.focus))

    @property
    def names(self) -> frozenset[str]:
        """The terms of its names."""
        return annotate(self.text).names.intersection(content_terms(self.text, self.language))

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """The numbers of things that it asks about for yes or no: "40 members", but not "Article 5"."""
        return self._numbers if phrases(self.language, "auxiliary").match(self.text) else ()

    @property
    def known_figures(self) -> tuple[Quantity, ...]:
        """Those that it tells of what it asks for: "the record with 73 home runs"; two or three of it are no figure."""
        return () if self.figures else tuple(each for each in self._numbers if len(each.value) > 1)

    @property
    def _numbers(self) -> tuple[Quantity, ...]:
        return tuple(each for each in annotate(self.text).quantities if each.kind not in DATES and each.after)

    @property
    def marked(self) -> frozenset[str]:
        """The terms of its names and its quantities."""
        return self.names.union(*(each.terms for each in annotate(self.text).quantities))


def understand(question: str, *, as_of: date, outlets: Collection[str] = ()) -> Question:
    """Read a question asked on the day `as_of`; `outlets` are the catalog's. `QuestionError` if it has no words."""
    text = clean(question)
    language = language_of_question(text)
    mentions = find_attributions(text, outlets)
    # Blanked, not cut, so that offsets stay and "USA TODAY" is no day.
    sources = [span for _, span in mentions]
    phrase = read_time(_blanked(text, sources), as_of, language)
    rest = _without(text, [*phrase.spans, *sources])
    tense = tense_of(text, language)
    # The last of the sentences that ask; all where none does.
    spans = reversed(sentences(text))
    asked = next((text[start:end] for start, end in spans if text[start:end].endswith("?")), text)
    of_days = phrase.time is not None and phrase.time.is_of_days
    request = read_request(asked, rest if asked == text else asked, language, of_days=of_days)
    if request and request.keyword and asked != text:
        request = None  # "Is the toll rising for lorries? And for cars?" is no search for "cars"
    time = phrase.time
    of_publication = phrase.of_publication or bool(mentions) or (request is not None and request.kind == Kind.CORPUS)
    if time and time.relative and time.since == time.until == as_of:
        # "Where does Kyiv stand today?", "Can firms apply today?" ask about no day.
        present = not (of_publication or request) and _is_present(text, language)
        tense = tense or ("now" if present else None)
        time = None if tense == "now" else time
    # Articles name the month in which something happened, but not the one they came out in.
    focus = rest if of_publication or time is None or time.relative else _without(text, sources)
    focus = without_asking(focus if content_terms(focus) else text)
    return Question(
        text=text,
        focus=focus,
        language=language,
        target=answer_type(text, language),
        request=request,
        happened=None if of_publication else time,
        published=time if of_publication else None,
        outlets=tuple(dict.fromkeys(name for names, _ in mentions for name in names)),
        tense=tense,
        subject=subject_of(focus),
        sides=sides_of(text, language),
        office=asked_office(text),
        counted=counted_of(asked, language),
        asked_names=_asked_names(without_asking(asked), language),
    )


def _asked_names(asked: str, language: str) -> tuple[str, ...]:
    """The names in a sentence that asks, but for the word it opens with: "Cuánta agua ...?", "Es Noruega ...?" """
    asked = asked.lstrip("¿¡ ")
    for key in ("asks", "auxiliary"):
        if opening := phrases(language, key).match(asked):
            asked = asked[: opening.end()].lower() + asked[opening.end() :]
    return tuple(each.name for each in entities(asked) if content_terms(each.name))


def _is_present(text: str, language: str) -> bool:
    """Tell if a question asks how things are: by its verb, where that is one we know."""
    return bool(phrases(language, "auxiliary").search(text) and not phrases(language, "past").search(text))


def about(topic: str, *, tense: Tense | None = None) -> Question:
    """A topic, claim or title as it is: days and outlets in it are what it is about, not where to look."""
    text = clean(topic)
    return Question(
        text=text,
        focus=text,
        language=language_of_question(text),
        tense=tense,
        subject=subject_of(text),
    )


def clean(question: str) -> str:
    """NFC, on one line, without control and format characters, at most `MAX_LENGTH` long."""
    text = unicodedata.normalize("NFC", " ".join(question[: 8 * MAX_LENGTH].split()))
    if not text.isprintable():
        text = " ".join("".join(char if char.isprintable() else " " * char.isspace() for char in text).split())
    text = text[:MAX_LENGTH].rstrip()
    if not any(char.isalnum() for char in text):
        raise QuestionError(Phrase('The question has no words: ask something like "What did NATO decide this week?".'))
    return text


def language_of_question(text: str) -> str:
    """The language of a question: by the word it opens with where that is of one language alone, else by all words."""
    opening = text.lstrip("¿¡ ")
    # "Co-operation" opens no Polish question.
    asked = {each: phrases(each, "asks").match(opening) for each in LANGUAGES}
    own = [each for each, match in asked.items() if match and not opening.startswith("-", match.end())]
    if len(own) == 1:
        return own[0]
    language = language_of(text)
    if language in LANGUAGES or not text.isascii():
        return language
    return "en" if language == UNKNOWN or len(text.split()) <= _SHORT else language


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text outside the spans, tidied; it may have no words left."""
    left = _blanked(text, spans)
    left = re.sub(r"\s*\0+(?:['’]s\b)?\s*", " ", left)
    left = re.sub(r"\s+([?,.;:!])", r"\1", left)
    left = re.sub(r"([,;:])[,;:\s]*(?=[,;:.?!])", "", left)
    return re.sub(r"^[\s,;:.?!]+", "", left).strip()
