"""References: sentences that only tell what else is to be read, as notes and lists of literature have them."""

from __future__ import annotations

import re

from retrieval.nlp.lexicon import any_of, load

_WORDS = load("references")
# "See", and "For more on this, see".
_OPENING = re.compile(
    rf"(?:[0-9]{{1,3}}\.\W+)?(?:(?:{any_of(_WORDS['for'])})\s[^.;:!?]{{3,150}}(?:,\s|\s(?!see\b)))?"
    rf"(?:{any_of(_WORDS['opening'])})(?!\w),?\s",
    re.IGNORECASE,
)
# A title in quotation marks with a comma or bracket behind it, where and by whom something came out, pages.
_TITLE = re.compile(r"[“\"](?P<title>[^“”\"]{8,300})(?:[,?!.][”\"]|[”\"](?:,| \())")
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
    if _OPENING.match(sentence):
        return True
    if not _ORIGIN.search(sentence) or not _is_names(sentence):
        return False
    return bool(_IMPRINT.search(sentence)) or any(_is_names(each["title"]) for each in _TITLE.finditer(sentence))


def _is_names(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= _NAMES_ALONE * len(words)
