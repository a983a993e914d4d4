"""False claims from true ones, by rules that know nothing of the checker. Each gives a claim back changed, or None."""

# ruff: noqa: E501 - lists of words

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise

from tests.benchmarks.rewriting import MONTHS, NAME

Lie = Callable[[str, Sequence[str], random.Random], str | None]

_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_COUNTS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_DATE = re.compile(
    rf"\b(?:{'|'.join(MONTHS)})\b(?= [0-9]|,| of|\.|$)|\b(?:{'|'.join(_WEEKDAYS)})\b|\b(?:1[89]|20)[0-9]{{2}}\b"
    rf"|(?<=(?:{'|'.join(each[:3] for each in MONTHS)})\. )[0-9]{{1,2}}\b"
    + "".join(rf"|(?<={month} )[0-9]{{1,2}}\b(?!,[0-9])" for month in MONTHS)
)
_NUMBER = re.compile(rf"(?<![\w.,:-])[0-9][0-9,.]*[0-9]\b|(?<![\w.,:-])[0-9]\b|\b(?:{'|'.join(_COUNTS)})\b")


def invented_number(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """Another number in the place of one, or one where there was none."""
    if places := numbers_in(text):
        chosen = rng.choice(places)
        return text[: chosen.start()] + _other_number(chosen[0], rng) + text[chosen.end() :]
    added = rng.choice((", affecting {} people.", ", for the {}th time.", ", at a cost of ${} million."))
    return text.rstrip(".") + added.format(rng.choice((14, 17, 26, 45, 68, 340))) if text.endswith(".") else None


def _other_number(old: str, rng: random.Random) -> str:
    if old in _COUNTS:
        return rng.choice([each for each in _COUNTS if each != old])
    digits = old.replace(",", "")
    if "." in digits:
        return f"{float(digits) * rng.choice((0.5, 1.5, 3)) + 0.3:.1f}" if digits.count(".") == 1 else f"{old}7"
    value = int(digits)
    made = rng.choice(
        [value + rng.randint(1, max(3, value // 3)), value * rng.choice((2, 3, 10)) + 1, max(1, value // 2) + 2]
    )
    made = made + 1 if made == value else made
    return f"{made:,}" if "," in old else str(made)


def invented_date(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """Another day, month, weekday or year in the place of one."""
    places = list(_DATE.finditer(text))
    if not places:
        return None
    chosen = rng.choice(places)
    return text[: chosen.start()] + _other_date(chosen[0], rng) + text[chosen.end() :]


def _other_date(old: str, rng: random.Random) -> str:
    for kind in (MONTHS, _WEEKDAYS):
        if old in kind:
            return rng.choice([each for each in kind if each != old])
    if len(old) == 4:
        return str(int(old) + rng.choice((-3, -2, -1, 1, 2)))
    return str(int(old) % 27 + rng.choice((1, 2)) if int(old) < 27 else int(old) - 3)


_NO_NAME = frozenset(
    "The A An In On At It He She They We You But And For As This That These Those There When While After Before If According"
    " His Her Its Their Our My I Mr Mrs Ms Dr Some Many Most All One Two Three Four Five No Not By From With To Of Since"
    " During Although Though However Despite Even Also What Who Where Why How".split()
    + MONTHS
    + _WEEKDAYS
)


def names_in(text: str) -> list[re.Match[str]]:
    """Names: runs of capitalised words, the first word of the sentence only in a run."""
    found = []
    for match in re.finditer(NAME, text):
        words = match[0].split()
        opens = match.start() == 0 or text[: match.start()].rstrip('“"‘ ')[-1:] in ".!?:"
        if words[0] not in _NO_NAME and not (opens and len(words) == 1) and not match[0].isdigit():
            found.append(match)
    return found


def swapped_name(text: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Another name of the article, or of another one, in the place of one."""
    places = [m for m in names_in(text) if len(m[0]) > 3]
    if not places:
        return None
    chosen = rng.choice(places)
    there = set(re.findall(r"\w+", text))
    others = [n for n in names if not there & set(re.findall(r"\w+", n)) and len(n.split()) == len(chosen[0].split())]
    if not others:
        return None
    end = "’s" if re.search(r"['’]s$", chosen[0]) else ""
    return text[: chosen.start()] + re.sub(r"['’]s$", "", rng.choice(others)) + end + text[chosen.end() :]


def exchanged_names(text: str, _names: Sequence[str], _rng: random.Random) -> str | None:
    """Two names of the sentence, each in the other's place, around a verb that makes a difference."""
    verb = (
        r"accus|attack|blam|critic|defeat|sued|told|invit|urg|warn|support|kill|beat|bought|praise|endors|promis|threat"
    )
    verb += r"|condemn|arrest|oppos|call|ask|help|gave|sent|insist|propos|demand|offer|join|replac|succeed|left"
    places = names_in(text)
    for first, second in pairwise(places):
        between = text[first.end() : second.start()]
        if re.search(rf"\b(?:{verb})", between) and not re.search(r"\band\b", between):
            one, other = (re.sub(r"['’]s$", "", each[0]) for each in (first, second))
            tails = [each[0][len(name) :] for each, name in ((first, one), (second, other))]
            return (
                f"{text[: first.start()]}{other}{tails[0]}{between}{one}{tails[1]}{text[second.end() :]}"
                if one != other
                else None
            )
    return None


_AUXILIARY = r"(?:is|was|are|were|will|would|has|have|had|can|could|should|must)"
_BASE = dict(
    pair.split("=")
    for pair in (
        "said=say won=win took=take made=make went=go came=come gave=give got=get found=find told=tell left=leave kept=keep"
        " led=lead met=meet ran=run paid=pay lost=lose sent=send built=build bought=buy sold=sell held=hold brought=bring"
        " began=begin wrote=write broke=break chose=choose fell=fall grew=grow rose=rise saw=see knew=know became=become"
        " insists=insist wants=want argues=argue seeks=seek proposed=propose issued=issue released=release closed=close"
        " approved=approve accused=accuse argued=argue caused=cause promised=promise raised=raise served=serve used=use"
        " received=receive refused=refuse agreed=agree arrived=arrive served=serve urged=urge decided=decide created=create"
        " opened=open killed=kill attacked=attack called=call asked=ask announced=announce signed=sign launched=launch"
        " passed=pass rejected=reject warned=warn suggested=suggest affirmed=affirm needs=need shows=show remains=remain"
    ).split()
)
_NEVER = frozenset(("said", "told"))


def negated(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """The claim with the opposite sign: a negation put in or taken out."""
    if found := re.search(r"\b(?:not|never) (?!only|just|least|merely)|n['’]t\b", text):
        made = text[: found.start()] + text[found.end() :]
        return re.sub(r"\b(?:ca|wo)(?= )", "will", made)
    ways = [re.search(rf"(?<=\w )({_AUXILIARY}) (?!not|only|no\b|just|unlikely)(?=[a-z])", text)]
    verbs = [m for m in re.finditer(r"(?<=\w )([a-z]+)(?= )", text) if m[1] in _BASE and m[1] not in _NEVER]
    auxiliary = ways[0]
    if auxiliary and (not verbs or rng.random() < 0.6):
        return text[: auxiliary.end()] + "not " + text[auxiliary.end() :]
    if verbs:
        did = "does" if verbs[0][1].endswith("s") else "did"
        return text[: verbs[0].start()] + f"{did} not {_BASE[verbs[0][1]]}" + text[verbs[0].end() :]
    return None


_OPPOSITES = {
    "rose": "fell", "fell": "rose", "increased": "decreased", "increase": "decrease", "approved": "rejected",
    "rejected": "approved", "supports": "opposes", "supported": "opposed", "support": "oppose", "opposed": "supported",
    "won": "lost", "lost": "won", "more": "fewer", "higher": "lower", "lower": "higher", "largest": "smallest",
    "best": "worst", "first": "last", "before": "after", "after": "before", "accepted": "refused", "allow": "forbid",
    "allowed": "banned", "began": "ended", "opened": "closed", "strong": "weak", "strengthen": "weaken",
    "guilty": "innocent", "success": "failure", "successful": "unsuccessful", "legal": "illegal", "likely": "unlikely",
    "agree": "disagree", "agreed": "disagreed", "positive": "negative", "rise": "fall", "gain": "loss", "up": "down",
    "praised": "criticized", "criticized": "praised", "reluctant": "eager", "bought": "sold", "hired": "fired",
    "enhance": "reduce", "enhancing": "reducing", "safe": "dangerous", "older": "younger", "majority": "minority",
    "male": "female", "survived": "died", "expand": "shrink", "welcomed": "condemned", "condemned": "welcomed",
}  # fmt: skip


def opposite(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """A word by its opposite."""
    places = [m for m in re.finditer(r"(?<![\w-])[a-z]+(?![\w-])", text) if m[0] in _OPPOSITES]
    if not places:
        return None
    chosen = rng.choice(places)
    return text[: chosen.start()] + _OPPOSITES[chosen[0]] + text[chosen.end() :]


def attribution_lost(text: str, _names: Sequence[str], _rng: random.Random) -> str | None:
    """What somebody says, told as a fact."""
    who = rf"(?:(?:[Tt]he )?{NAME}|[Tt]he (?:[a-z]+ ){{0,2}}[a-z]+|[Oo]fficials|[Pp]olice|[Aa]nalysts|[Ee]xperts|[Cc]ritics)"
    says = r"(?:said|says|claimed|claims|has claimed|argued|argues|alleged|insists|insisted|believes?|thinks)"
    found = re.match(rf"{who} {says} (?:that )?(?P<what>[^”“\"]{{25,}})\.$", text)
    found = found or re.match(rf"[“\"]?(?P<what>[^”“\"]{{25,}}),[”\"]? (?:{who} {says}|according to {who})\.$", text)
    found = found or re.match(rf"According to {who}, (?P<what>[^”“\"]{{25,}})\.$", text)
    if not found or re.search(r"\b(?:I|we|my|our|said|says|told|according|claim)\b", found["what"], re.IGNORECASE):
        return None
    return f"{found['what'][0].upper()}{found['what'][1:]}."


_CERTAIN = (
    (r"\b(?:may|might|could) have (?=[a-z]+)", "certainly had "),
    (r"\b(?:may|might|could) (?!not)(?=[a-z])", "will "),
    (r"\bis (?:likely|expected) to (?=[a-z])", "is certain to "),
    (r"\b(?:is|are) considering (?=[a-z])", "has decided on "),
    (r"\bis likely\b", "is certain"),
    (r"\bpotential (?=[a-z])", "certain "),
    (r"\bpossible\b", "certain"),
)


def overstated(text: str, _names: Sequence[str], _rng: random.Random) -> str | None:
    """What may be, told as what will be or is."""
    for pattern, sure in _CERTAIN:
        if re.search(pattern, text):
            return re.sub(pattern, sure, text)
    return None


_ADDED = (
    " because of a bribe.| after a secret deal with the opposition.| and later apologised for it.| under threat of violence."
    "|, which led to riots.| in order to hide the losses.|, breaking the law.|, and officials were arrested over it."
    "|, but the whole plan has collapsed.|; the people in charge have fled.|. The money was never found.| — and nobody is safe any more."
    "|, and the hospital burned down.|, while the markets crashed.| at the request of a foreign power."
).split("|")


def clause_added(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """A clause or a phrase behind it that is made up."""
    return text.rstrip(".") + rng.choice(_ADDED) if text.endswith(".") else None


_NOUNS = (
    "airport army bank bishop border bridge bus camera cathedral church cinema coach coast committee contract court cruise"
    " desert diamond doctor dog election embassy engine factory farmer father festival fire flight forest garden gallery"
    " harbour helicopter hospital hotel island jury kitchen lake library lottery marriage medicine mother mountain museum"
    " newspaper ocean orchestra parliament pilot pipeline plane prison professor radio railway restaurant river rocket"
    " satellite school ship singer stadium strike submarine summer teacher telescope temple theatre tourist train union"
    " university vaccine village virus volcano wedding whale wine winter"
).split()
_VERBS = (
    "abandoned admired arranged baked borrowed boycotted burned cancelled celebrated cheated chased cleaned collected"
    " concealed copied danced decorated delayed deleted deserted destroyed displayed divorced donated doubled drained"
    " examined exploded financed flooded followed guarded imported inherited invaded kidnapped leaked liked locked"
    " married measured mocked murdered noticed obeyed ordered painted photographed played poisoned polished postponed"
    " punished purchased removed rented repaired rescued robbed sabotaged searched shipped sponsored stored surrendered"
    " swallowed tested threatened trained translated visited washed watched whispered"
).split()


def noun_replaced(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """A noun behind an article by another one."""
    return _replaced(text, r"(?<=the )[a-z]{5,}(?![\w-])|(?<=\ba )[a-z]{5,}(?![\w-])", _NOUNS, rng)


def verb_replaced(text: str, _names: Sequence[str], rng: random.Random) -> str | None:
    """A verb in the past by another one."""
    return _replaced(text, r"(?<=\w )[a-z]{3,}ed\b(?= )", _VERBS, rng)


def _replaced(text: str, pattern: str, words: Sequence[str], rng: random.Random) -> str | None:
    places = list(re.finditer(pattern, text))
    if not places:
        return None
    chosen = rng.choice(places)
    other = rng.choice([word for word in words if word[:4] != chosen[0][:4]])
    return text[: chosen.start()] + other + text[chosen.end() :]


def numbers_exchanged(text: str, _names: Sequence[str], _rng: random.Random) -> str | None:
    """Two numbers of the sentence, each in the other's place."""
    return _traded(text, numbers_in(text))


def dates_exchanged(text: str, _names: Sequence[str], _rng: random.Random) -> str | None:
    """Two years, months or weekdays of the sentence, each in the other's place."""
    return _traded(text, list(_DATE.finditer(text)))


def numbers_in(text: str) -> list[re.Match[str]]:
    """The numbers that are no part of a date."""
    dates = [match.span() for match in _DATE.finditer(text)]
    return [m for m in _NUMBER.finditer(text) if not any(a < m.end() and m.start() < b for a, b in dates)]


def _traded(text: str, places: Sequence[re.Match[str]]) -> str | None:
    for one, other in combinations(places, 2):
        if one[0] != other[0] and _sort(one[0]) == _sort(other[0]):
            return f"{text[: one.start()]}{other[0]}{text[one.end() : other.start()]}{one[0]}{text[other.end() :]}"
    return None


def _sort(place: str) -> object:
    return (len(place) == 4) if place.isdigit() else next((each for each in (MONTHS, _WEEKDAYS) if place in each), None)


LIES: Mapping[str, Lie] = {
    "invented number": invented_number,
    "invented date": invented_date,
    "swapped name": swapped_name,
    "exchanged names": exchanged_names,
    "negated": negated,
    "opposite": opposite,
    "attribution lost": attribution_lost,
    "overstated": overstated,
    "clause added": clause_added,
    "noun replaced": noun_replaced,
    "verb replaced": verb_replaced,
    "two numbers exchanged": numbers_exchanged,
    "two dates exchanged": dates_exchanged,
}


def altered_quote(quote: str, words: Sequence[str], rng: random.Random) -> str:
    """A quote with one of its inner words replaced, left out, put twice apart, or with a word put in."""
    parts = quote.split()
    place = rng.randrange(1, len(parts) - 1)
    other = rng.choice([word for word in words if word.lower() != parts[place].strip(".,").lower()])
    ways = (
        [*parts[:place], other, *parts[place + 1 :]],
        [*parts[:place], *parts[place + 1 :]],
        [*parts[:place], other, *parts[place:]],
    )
    return " ".join(rng.choice(ways))
