"""Names as they stand in a sentence: where they begin and end, without titles, and which of them are of people."""

from __future__ import annotations

import re

from retrieval.nlp.quantities import MONTHS, WEEKDAYS
from retrieval.nlp.tokens import content_terms, terms

# What opens a sentence with a capital and is no name.
_OPENING = (
    r"(?!(?:On|In|At|After|Before|During|Since|By|From|With|Without|For|As|When|While|If|But|And|Yet|To|Of|The|An?|Here"
    r"|There|Now|Then|Today|Both|Some|Many|Most|All|According|Although|Though|Despite|Like|Unlike|Per|Last|Next"
    r"|Earlier|Later|Just|Still|Also|Instead|Hours|Days|Weeks|Months|Years|Announced|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Several|Amid|Amidst|Alongside|Regardless"
    r"|Various|Whereas|Dozens|Scores|Hundreds|Thousands|Millions|[A-Z][a-z]+(?:ing|ly))\b)"
)
_WORD = r"(?:Sen|Rep|Gov|Gen|Lt|Mr|Mrs|Ms|Dr|St|Rev)\.|[A-Z][\w’'&-]*[\w]|(?:[A-Z]\.){2,}"
NAME_PATTERN = rf"\b{_OPENING}(?:{_WORD})(?: (?:(?:de|von|van|bin) )?(?:{_WORD})| of (?=[A-Z])(?:{_WORD})){{0,6}}"
NAME = re.compile(NAME_PATTERN)
# "Ukrainian" is nobody: the leaders or the army may be meant.
DEMONYM = re.compile(r"[A-Z]\w+(?:ish|ese|[eiy]an)|(?:Dutch|French|Greek|Swiss|German)")
_TITLES = frozenset(
    terms(
        "president prime minister chancellor secretary general foreign defence finance interior king queen mayor"
        " governor senator chief leader spokesman spokeswoman spokesperson ambassador mr mrs ms dr sir state sen gov"
        " rep elect vice deputy speaker head ceo boss chair chairman chairwoman director admiral attorney interim"
        " acting judge justice the a an this that these however meanwhile additionally furthermore moreover while when"
        " as if but and although despite during since after before recently currently today yesterday conversely"
        " leaders like coordinator commissioner"
    )
)
# "Foreign Ministry" is the name of a body whole, and no Ministry behind a title.
_BODY = re.compile(r"Ministry|Office|Department|Committee|Council|Commission|Court|Bank|Service|Reserve|Affairs|House")
_ADJECTIVE = re.compile(r"[\w’'&]+-[a-z]+(?:ed|ing)|(?:Pro|Anti)-\w+")
_MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?")
# Words of names that are not of people.
_THING = re.compile(
    r"[A-Z.]{2,}|\S*[0-9]\S*|\w*(?:ish|ese|[ei]an)"
    r"|(?:North|South|East|West|New|United|White|Supreme|House|States|Kingdom|Street|Union"
    r"|Council|Commission|Court|Party|Ministry|Department|Committee|Congress|Senate|Bank|Reserve|Group|Inc|Act|Treaty"
    r"|Agreement|Agency|University|Times|Post|News|Radio|Service|Force|Army|Office)s?"
)


def people(text: str) -> list[str]:
    """The full names of people in a text, and those behind a title, each once and without it."""
    found = [name for match in NAME.finditer(text) if _is_person(match[0]) and (name := bare(match[0]))]
    return list({name.split()[-1]: name for name in reversed(found)}.values())[::-1]


def _is_person(name: str) -> bool:
    words = [re.sub(r"['’]s$", "", word) for word in name.split()]
    titled = any(map(_is_title, words[:-1]))
    return titled or (len(words) in (2, 3) and " of " not in name and not any(map(_is_thing, words)))


def _is_thing(word: str) -> bool:
    return bool(_THING.fullmatch(word)) or _is_title(word) or _is_day(word)


def owns(name: str, after: str = "") -> bool:
    """Whether a name stands for its owner's: "Rutte's", or "Truss" before an apostrophe."""
    return name.endswith(("'s", "’s")) or after.startswith(("'", "’"))


def bare(name: str) -> str | None:
    """A name behind its titles: "NATO Secretary-General Mark Rutte" is Mark Rutte."""
    words = name.split()
    if len(words) > 1 and owns(words[-2]) and not _is_title(words[-1]):
        return None  # "Musk's Twitter", "McDonald's Corp": nobody knows which of them it is
    owned = [place for place, word in enumerate(words[:-2]) if owns(word)]
    words = [re.sub(r"['’]s$", "", word) for word in (words[owned[-1] + 1 :] if owned else words)]
    titled = [place for place, word in enumerate(words) if _is_title(word)]
    if titled and not _BODY.fullmatch(words[-1]):
        words = words[titled[-1] + 1 :]
    if words[:1] == ["of"]:  # "Mayor of Donetsk Oleksandr Lukianchenko"
        words = words[2:]
    last = len(words) - 1  # "Biden Tuesday", but "Theresa May"
    words = [word for at, word in enumerate(words) if (word == "May" and 0 < at == last) or not _is_aside(word)]
    if not words or not content_terms(" ".join(words)):
        return None
    return " ".join(words)


def _is_aside(word: str) -> bool:
    return _is_day(word) or bool(_ADJECTIVE.fullmatch(word))


def _is_title(word: str) -> bool:
    made = terms(word)
    return bool(made) and all(each in _TITLES for each in made)


def _is_day(word: str) -> bool:
    return any(each in MONTHS or each in WEEKDAYS for each in terms(word)) or bool(_MONTH.fullmatch(word))
