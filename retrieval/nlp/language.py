"""Whether a text is English: of other languages the comparison of words and negations would be a guess."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the of and to is are were has have had that this with for from by not it its he she they be been would which who"
    " their his her said about after than into over there when what no on at as but a an in will would can could may"
    " might should must did does do all any other more some such only also new so if".split()
)
_OTHERS = frozenset(
    "der die das und ist nicht ein eine den dem mit sich auf für von wird auch hat sind im zu le la les des du et est"
    " une un que qui dans pas pour sur au aux el los las y en por con del se es il lo gli di che non per una della sono"
    " o os da do em não uma para com het een van niet dat zijn op och att det som är inte av på og ikke til er på"
    " w z na się jest nie że do i v že je ve bir bu için ile değil".split()
)
# The longest claim that may go without a function word, as headlines do.
_SHORT = 6
_LANGUAGES = "en de fr es it nl pt pl sv da no fi cs hu ro tr el ru uk ar he fa hi zh ja ko".split()


def is_english(text: str) -> bool:
    """Whether a claim reads as English; of a few words without any function word it is assumed."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words or sum(word.isascii() for word in words) * 2 < len(words):
        return False
    english, others = (sum(word in listed for word in words) for listed in (_ENGLISH, _OTHERS - _ENGLISH))
    return english > others if english or others else len(words) <= _SHORT


def language_of(text: str) -> str:
    """The ISO code of a text's language; "en" where nothing in it tells."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words or sum(word in _ENGLISH for word in words) > sum(word in _OTHERS for word in words):
        return "en"  # most questions: no model has to be loaded
    from py3langid.langid import classify, set_languages

    set_languages(_LANGUAGES)
    return str(classify(text)[0])
