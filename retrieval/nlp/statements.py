"""The sentences of a passage that say something: neither questions nor headings, orders, corrections or references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from retrieval.domain.articles import Article, Passage
from retrieval.nlp.clauses import is_auxiliary, is_finite, read
from retrieval.nlp.language import PAIRED, STOPLESS, is_english, is_latin, language_of
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.markup import DATELINE, MARK, RULE, above, is_item, is_row, readable
from retrieval.nlp.prompt_injection import ordered
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms

_NOTES = load("corrections")
_SPACED, _OTHERS = (
    [each for each in _NOTES["versions"] if bool(re.search(f"[{PAIRED}]", each)) is own] for own in (False, True)
)
_VERSIONS = re.compile(rf"\b(?:{any_of(_SPACED)})|{'|'.join(map(re.escape, _OTHERS))}", re.IGNORECASE)
_WRONGLY = re.compile(rf"\b(?:{any_of(_NOTES['wrongly'])})\b", re.IGNORECASE)
_PIECES = re.compile(rf"\b(?:{any_of(_NOTES['pieces'])})\b", re.IGNORECASE)


def is_correction(sentence: str) -> bool:
    """Tell if a sentence tells what an article said before it was corrected."""
    if _VERSIONS.search(sentence):
        return True
    return bool(_WRONGLY.search(sentence) and _PIECES.search(sentence))


_REFERRING = load("references")
# "See", and "For more on this, see".
_REFERS = re.compile(
    rf"(?:[0-9]{{1,3}}\.\W+)?(?:(?:{any_of(_REFERRING['for'])})\s[^.;:!?]{{3,150}}(?:,\s|\s(?!see\b)))?"
    rf"(?!(?:{any_of(_REFERRING['others'])})(?!\w))(?P<opening>{any_of(_REFERRING['opening'])})(?!\w),?\s",
    re.IGNORECASE,
)
# A title in quotation marks with a comma or bracket behind it, where and by whom something came out, pages.
_TITLED = re.compile(r"[“\"](?P<title>[^“”\"]{8,300})(?:[,?!.][”\"]|[”\"](?:,| \())")
_IMPRINT = re.compile(
    r"\([^\W\d_a-z][^():]{1,40}: [^()]{3,120}\b(?:19|20)[0-9]{2}\)|\(PDF\)|\bpp?\. ?[0-9]"
    # "Report R45281"
    r"|\b[^\W\d_a-z]\w+ [A-Z]{1,4}[0-9]{4,},"
)
# When and where it came out: the year in brackets or at the end, the pages, the address, or by whom.
_ORIGIN = re.compile(
    r"\((?:19|20)[0-9]{2}\)|\b(?:19|20)[0-9]{2}\)?[.]?\s*\Z|\bpp?\. ?[0-9]|https?://\S+\Z"
    r"|\bby(?: (?:and )?[^\W\d_a-z][\w.’'-]*,?){2,12}\Z"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]{3,}")
# The share of capitals among the longer words from which a line is names and titles alone.
_NAMES_ALONE = 0.6


def is_reference(sentence: str) -> bool:
    """Tell if a sentence sends its reader elsewhere, or is but names, a title, and where and when it came out."""
    refers = _REFERS.match(sentence)
    if refers and not (refers["opening"].casefold() in _REFERRING["german"] and language_of(sentence) == "de"):
        return True
    if not _ORIGIN.search(sentence) or not _is_names(sentence):
        return False
    return bool(_IMPRINT.search(sentence)) or any(_is_names(each["title"]) for each in _TITLED.finditer(sentence))


def _is_names(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= _NAMES_ALONE * len(words)


# What may close a sentence after its full stop.
_CLOSING = "\"'”’»“‘«‹)] 」』"
# The numbers of notes behind a sentence, and what marks an item beside the marks of Markdown's lists.
_NOTES_BEHIND = re.compile(r"(?:\[[0-9]{1,3}\]|(?<=[.!?…”\"])[0-9]{1,3})+\s*\Z")
_DASHES = frozenset(("–", "—", ">"))
# The most words that an address may stand among and say nothing.
_FEW = 3
# The fewest words that say something: "Bern." does not.
_FEWEST = 3
# The longest line that may be a heading.
_HEADING_WORDS = 16
_RUN_IN = re.compile(r"(?P<mark>\*\*|__)(?P<text>[^*_\n]{1,150}[.:])[^\S\n]*(?P=mark)")
# A figure behind its first word, or what a label is followed by: "Revenue: $14 million."
_TELLS = re.compile(r"\s\W*[0-9]|:\s")
_ABBREVIATED = re.compile(r"(?:[^\W\d_]\.){2,}\Z")
# What ends a sentence; of Thai nothing does.
_ENDS = ".!…;。！｡।॥።။۔"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, as people read it; `start` and `end` are offsets into the passage's text.

    `under` is the header of its table or the line that leads to its list, `score` how well its passage was found.
    """

    passage: Passage
    start: int
    end: int
    text: str
    terms: frozenset[str]
    under: str = ""
    score: float = 0.0

    @property
    def whole(self) -> str:
        """The sentence with what it stands under."""
        return f"{self.under} {self.text}" if self.under else self.text

    @property
    def article(self) -> Article:
        """Where it stands."""
        return self.passage.article

    @property
    def day(self) -> str:
        """The ISO day its article came out, empty where nobody knows it."""
        return self.article.metadata.day

    @property
    def place(self) -> tuple[int, int]:
        """Its passage, and where in it."""
        return self.passage.id, self.start

    @property
    def offset(self) -> int:
        """Where it begins in the text of its article."""
        return self.passage.start + self.start


def statements(passage: Passage, score: float = 0.0) -> list[Sentence]:
    """The sentences of a passage but for those that answer nothing, such as questions and headings."""
    told = _told(passage.text, passage.above, passage.article.metadata.title or "")
    return [Sentence(passage, *each, score) for each in told]


@lru_cache(maxsize=4_096)  # passages that many questions find
def _told(passage: str, lead: str, title: str) -> tuple[tuple[int, int, str, frozenset[str], str], ...]:
    """Those of a passage under a `lead` line: start, end, readable text, terms, and what each stands under."""
    found = []
    spans = sentences(passage)
    for (first, end), order in zip(spans, ordered(passage, spans), strict=True):
        if order or _is_table_frame(passage, first, end) or _is_address(passage[first:end]):
            continue
        mark = MARK.match(passage, first, end)
        start = mark.end() if mark else first
        dateline = DATELINE.match(passage, start, end)
        start = dateline.end() if dateline else start
        text = readable(passage[start:end])
        said = frozenset(content_terms(text))
        part = is_row(passage, start) or is_item(passage, first) or bool(mark and mark[0].strip() in _DASHES)
        if (
            said
            and not _is_run_in(passage, start, end, text)
            and (part or len(text.split()) >= _FEWEST or not is_latin(text))
            and not text.rstrip(_CLOSING).endswith(("?", "？", "؟"))
            and not is_correction(text)
            and not is_reference(text)
            and (part or not _is_heading(text, title))
        ):
            found.append((start, end, text, said, _under(passage, lead, first)))
    return tuple(found)


def _under(passage: str, lead: str, start: int) -> str:
    if not start:
        return readable(lead)
    if not (is_row(passage, start) or is_item(passage, start)):
        return ""
    # The first row or item of such a passage has its mark before it.
    marked = not lead or is_row(passage) or is_item(passage)
    mark = "" if marked else "| " if "|" in lead else "- "
    return readable(above(f"{lead}\n{mark}{passage[:start]}"))


def _is_address(sentence: str) -> bool:
    """Tell if a sentence is little more than a web address."""
    words = sentence.split()
    return len(words) <= _FEW and any("://" in word for word in words)


def _is_table_frame(text: str, start: int, end: int) -> bool:
    """Tell if a row is the header of a table or the rule under it: they say nothing without the other rows."""
    if not text.startswith("|", start):
        return False
    return bool(RULE.fullmatch(text, start, end) or RULE.match(text, end))


def _is_heading(text: str, title: str) -> bool:
    """Tell if a line is the headline, or too short for a sentence and ends like none, or only leads to a list."""
    if text.rstrip(".") == title.rstrip("."):
        return True
    return (len(text.split()) <= _HEADING_WORDS and not is_ended(text)) or _is_place(text)


def _is_place(text: str) -> bool:
    """Tell if a line has no verb, and its full stop is an abbreviation's: "At the Harbour Hotel, Linden, D.C." """
    if not _ABBREVIATED.search(text):
        return False
    # A word in small letters may be a verb that looks like a noun: "Prices rise in the U.S."
    small = " ".join(word for word in text.split() if word.islower())
    return not content_terms(small) and _is_verbless(text)


def _is_run_in(passage: str, start: int, end: int, text: str) -> bool:
    """Tell if a sentence is a heading in bold within its paragraph: "**The old bridge.** It was closed in May." """
    bold = _RUN_IN.match(passage, start)
    told = bold is not None and _TELLS.search(bold["text"])
    return bold is not None and not told and end in (bold.end("text"), bold.end()) and _is_verbless(text)


def _is_verbless(text: str) -> bool:
    """Tell if an English text has no verb."""
    return is_english(text) and not any(is_auxiliary(word) or is_finite(word) for word in read(text))


def is_ended(text: str) -> bool:
    """Tell if a text ends as a sentence does; of a script without full stops it is assumed."""
    return _NOTES_BEHIND.sub("", text).rstrip(_CLOSING)[-1:] in _ENDS or bool(STOPLESS.search(text))
