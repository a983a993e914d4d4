"""True claims from sentences, by rules that change the wording and not the meaning; they know nothing of the checker.

Each rule takes a sentence and gives it back reworded, or None where it does not apply.
"""

# ruff: noqa: E501 - lists of words

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

Rule = Callable[[str], str | None]

NAME = r"(?:[A-Z][\w’'.-]*[\w’'])(?: (?:[A-Z][\w’'.-]*[\w’'])){0,3}"
_SPEAKER = rf"(?:(?:[Tt]he )?{NAME}|[Tt]he (?:[a-z]+ ){{0,2}}[a-z]+|[Oo]fficials|[Pp]olice|[Aa]nalysts|[Ee]xperts)"
MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(MONTHS)
_FIRST_PERSON = re.compile(r"\b(?:I|we|We|my|My|our|Our|us|me|you|You|your)\b|I['’]")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """A sentence with a small first letter, where the first word is no name."""
    usual = r"(?:The|A|An|There|This|That|These|Those|It|In|On|At|Some|Many|Most|All|Two|Three|Its|Their|His|Her)\b"
    return text[:1].lower() + text[1:] if re.match(usual, text) else text


def drop_clause(text: str) -> str | None:
    """Without a relative clause between commas, or a last one."""
    made = re.sub(r", (?:which|who|where|whose) [^,.]{8,80}(?:, |(?=\.$))", " ", text, count=1)
    return re.sub(r" +(?=\.$)", "", made)


def drop_participle(text: str) -> str | None:
    """Without a last clause that only accompanies: ", adding to the pressure."."""
    return re.sub(r", (?!according|accord|including|saying)[a-z]+ing [^,”\"]{8,120}\.$", ".", text)


def drop_second(text: str) -> str | None:
    """The first of two main clauses."""
    found = re.match(r"(.{30,}?), (?:and|but|while|whereas) (?:the|a|he|she|they|it|[A-Z])[^”\"]{15,}\.$", text)
    return f"{found[1]}." if found and found[1].count(",") < 2 and not _says(found[0]) else None


def _says(text: str) -> bool:
    return bool(re.search(r"\b(?:sa(?:ys|id)|according to|told)\b", text))


_LEAD = re.compile(r"((?:On|In|At|During|After|Before|Since|Earlier|Last) [^,]{3,60}), ([^,]{25,})\.$")


def drop_lead(text: str) -> str | None:
    """Without what opens the sentence and tells only when or where."""
    found = _LEAD.match(text)
    return f"{_capital(found[2])}." if found else None


def lead_last(text: str) -> str | None:
    """What opens the sentence moved to its end."""
    found = _LEAD.match(text)
    return f"{_capital(found[2])} {found[1][0].lower()}{found[1][1:]}." if found and not _says(text) else None


def drop_aside(text: str) -> str | None:
    """Without what stands in brackets."""
    return re.sub(r" \([^()]{2,80}\)", "", text)


def according(text: str) -> str | None:
    """ "X said that ..." as "According to X, ..."."""
    found = re.match(rf"({_SPEAKER}) (?:said|says|argued|claimed|noted) (?:that )?([^”“\"]{{20,}})\.$", text)
    if not found:
        found = re.match(
            rf"[“\"]?(?P<what>[^”“\"]{{20,}}),[”\"]? (?P<who>{_SPEAKER}) (?:said|says|argued|noted)\.$", text
        )
        return _told(found["who"], found["what"]) if found else None
    return _told(found[1], found[2])


def _told(who: str, what: str) -> str | None:
    return None if _FIRST_PERSON.search(what) else f"According to {small(who)}, {small(what)}."


def said_last(text: str) -> str | None:
    """ "X said that ..." as "..., X said."."""
    found = re.match(rf"({_SPEAKER}) (said|says|argued) (?:that )?([^”“\",]{{20,}})\.$", text)
    return f"{_capital(found[3])}, {small(found[1])} {found[2]}." if found else None


_SYNONYMS = dict(
    pair.split("=")
    for pair in """
    also=as well as that|began=started|begin=start|started=began|big=large|large=big|bought=purchased|children=kids
    |city=town|company=firm|companies=firms|country=nation|countries=nations|car=vehicle|died=passed away|doctors=physicians
    |ended=finished|film=movie|movie=film|found=discovered|government=administration|help=assist|helped=assisted
    |however=nevertheless|house=home|huge=enormous|important=significant|job=post|killed=slain|law=statute|leader=head
    |leaders=heads|many=numerous|meeting=talks|money=funds|nearly=almost|needed=required|now=currently|often=frequently
    |police=officers|pressure=strain|received=got|reported=described|rules=regulations|show=demonstrate|showed=demonstrated
    |since=ever since|soldiers=troops|stressed=emphasised|suggested=proposed|talks=negotiations|took=seized|war=conflict
    |wanted=sought|wants=seeks|whole=entire|work=labour|wrong=mistaken|year=twelvemonth|attempt=effort|deal=agreement
    |agreement=deal|negotiations=talks|conflict=war|emphasized=stressed|insisted=maintained|crucial=vital|concerns=worries
    |aid=assistance|support=backing|troops=soldiers|forces=troops|quickly=rapidly|currently=at present|recent=latest
    |several=a number of|about=roughly|main=principal|chance=opportunity|area=region|ordered=instructed|seen=viewed
    |allowed=permitted|arrested=detained|asked=requested|biggest=largest|choose=pick|decided=resolved|difficult=hard
    |employees=workers|workers=employees|get=obtain|hurt=injured|injured=wounded|keep=retain|kept=retained|lawyer=attorney
    |attorney=lawyer|making=producing|man=male|percent=per cent|plan=scheme|purchase=buy|raise=lift|remain=stay
    |remained=stayed|result=outcome|story=account|students=pupils|teacher=instructor|attack=assault|trying=attempting
    |tried=attempted|usually=normally|women=females|announced=made known|ban=prohibition|collapse=breakdown
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
    if pair
)
del _SYNONYMS["year"], _SYNONYMS["also"], _SYNONYMS["since"], _SYNONYMS["about"]


def synonyms(text: str) -> str | None:
    """Up to three usual words by others; a word with a capital is left alone."""
    places = [m for m in re.finditer(r"(?<![\w’'-])[a-z]+(?![\w’'-])", text) if m[0] in _SYNONYMS][:3]
    for match in reversed(places):
        text = text[: match.start()] + _SYNONYMS[match[0]] + text[match.end() :]
    return text


_SMALL_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_TENS = dict(
    zip((20, 30, 40, 50, 60, 70, 80, 90), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
)
_BIG = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def number_form(text: str) -> str | None:
    """A number in figures for one in words, or the other way round."""
    return _first(text, (_big_figures, _thousand_words, _percent, _small_words, _small_figures))


def _first(text: str, rules: tuple[Rule, ...]) -> str | None:
    return next((made for rule in rules if (made := rule(text)) and made != text), None)


def _big_figures(text: str) -> str:
    return re.sub(
        r"(?<![\w.,$£€])([0-9]{1,3}) (thousand|million|billion)\b",
        lambda m: f"{int(m[1]) * _BIG[m[2]]:,}",
        text,
        count=1,
    )


def _thousand_words(text: str) -> str:
    names = dict(enumerate(_SMALL_NUMBERS, 2)) | {1: "one"} | _TENS
    return re.sub(
        r"(?<![\w.,$£€])([0-9]{1,2}),000(?![\w,.]*[0-9])",
        lambda m: f"{names[int(m[1])]} thousand" if int(m[1]) in names else m[0],
        text,
        count=1,
    )


def _percent(text: str) -> str:
    return re.sub(r"(?<=[0-9]) (?:percent|per cent)\b", "%", text, count=1)


def _small_words(text: str) -> str:
    return re.sub(
        r"(?<![\w.,$£€:-])([2-9]|1[0-2])(?= [a-z]{3})(?! (?:a|p)\.?m)",
        lambda m: _SMALL_NUMBERS[int(m[1]) - 2],
        text,
        count=1,
    )


def _small_figures(text: str) -> str:
    pattern = rf"(?<![\w-])({'|'.join(_SMALL_NUMBERS)})(?= [a-z]{{3}})"
    return re.sub(pattern, lambda m: str(_SMALL_NUMBERS.index(m[1]) + 2), text, count=1)


_SHORT_MONTHS = {month[:3]: month for month in MONTHS} | {"Sept": "September"}


def date_form(text: str) -> str | None:
    """A date the other way round: "December 4, 2014" as "4 December 2014", "Dec. 4" as "December 4"."""
    made = re.sub(
        r"\b(" + "|".join(_SHORT_MONTHS) + r")\. (?=[0-9])", lambda m: f"{_SHORT_MONTHS[m[1]]} ", text, count=1
    )
    return re.sub(rf"\b({_MONTH}) ([0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:, ([0-9]{{4}}))?", _turned, made, count=1)


def _turned(match: re.Match[str]) -> str:
    return f"{match[2]} {match[1]}" + (f" {match[3]}" if match[3] else "")


_TITLES = (
    r"(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen)\.|(?:President|Prime Minister|Senator|Governor|Judge|Mayor|Secretary|Minister"
    r"|Chancellor|Professor|Justice|King|Queen|Prince)"
)


def surname(text: str) -> str | None:
    """A person by the surname alone."""
    made = re.sub(rf"\b(?:{_TITLES}) [A-Z][a-z]+ ([A-Z][a-z]{{3,}})\b(?! [A-Z])", r"\1", text, count=1)
    known = (
        "Volodymyr|Vladimir|Donald|Joe|Mark|Antony|Dmitry|Eugene|David|John|Michael|Robert|James|William|Mary|Hillary"
    )
    return re.sub(rf"\b(?:{known}) ([A-Z][a-z]{{3,}})\b(?! [A-Z])", r"\1", made, count=1)


def drop_title(text: str) -> str | None:
    """A person without the title."""
    return re.sub(rf"\b(?:{_TITLES}) (?=[A-Z][a-z]+ [A-Z][a-z]+)", "", text, count=1)


_ABBREVIATIONS = {
    "United Nations": "UN",
    "European Union": "EU",
    "United States": "US",
    "United Kingdom": "UK",
    "Federal Bureau of Investigation": "FBI",
    "World Health Organization": "WHO",
    "White House": "the US president's office",
    "Supreme Court": "SCOTUS",
    "International Monetary Fund": "IMF",
    "Environmental Protection Agency": "EPA",
    "Centers for Disease Control and Prevention": "CDC",
    "National Rifle Association": "NRA",
    "Islamic State": "IS",
    "European Central Bank": "ECB",
    "North Atlantic Treaty Organization": "NATO",
}
del _ABBREVIATIONS["White House"], _ABBREVIATIONS["Supreme Court"]


def abbreviation(text: str) -> str | None:
    """A long name by its initials, or the other way round."""
    for long, short in _ABBREVIATIONS.items():
        if long in text and f"({short})" not in text:
            return text.replace(long, short, 1)
        if re.search(rf"\b{short}\b(?!\))", text) and long not in text and short not in ("IS", "WHO"):
            return re.sub(rf"\b{short}\b", long, text, count=1)
    return None


_FULL = {"didn't": "did not", "doesn't": "does not", "isn't": "is not", "wasn't": "was not", "can't": "cannot"}
_FULL |= {"don't": "do not", "won't": "will not", "hasn't": "has not", "haven't": "have not", "aren't": "are not"}
_FULL |= {"weren't": "were not", "couldn't": "could not", "wouldn't": "would not", "it's": "it is"}


def contraction(text: str) -> str | None:
    """ "didn't" as "did not", or the other way round."""
    plain = text.replace("’", "'")
    for short, long in _FULL.items():
        for old, new in ((short, long), (long, short)):
            if re.search(rf"\b{old}\b", plain):
                return re.sub(rf"\b{old}\b", new, plain, count=1)
    return None


_TRANSITIVE = (
    "killed|approved|rejected|bought|acquired|signed|arrested|won|built|launched|attacked|accused|announced|blamed|cancelled"
    "|closed|condemned|criticized|criticised|defeated|destroyed|dismissed|endorsed|fired|hired|invited|ordered|passed"
    "|praised|proposed|published|received|released|replaced|sued|supported|suspended|warned|welcomed|issued|opened|led"
    "|introduced|unveiled|vetoed|convicted|charged|sentenced|affirmed|reiterated|urged"
)
_MANY = re.compile(r"(?:s|men|people|police|children)$|\band\b")


def passive(text: str) -> str | None:
    """ "A approved B" as "B was approved by A"."""
    found = re.match(
        rf"((?:The |A |An )?[A-Z]?[\w’' -]{{2,50}}?) ({_TRANSITIVE}) "
        r"((?:the|a|an|its|their|his|her|two|three|several) [\w’' -]{3,40}?|[A-Z][\w’' -]{2,40}?)"
        r"( (?:on|in|at|after|for|from|during|last|this|over|with) [^,]+)?\.$",
        text,
    )
    if not found or re.search(r"\b(?:he|she|it|they|who|which|that|was|were|has|had|and|said)\b", found[1] + found[3]):
        return None
    past = {"won": "won", "led": "led", "bought": "bought", "built": "built"}.get(found[2], found[2])
    was = "were" if _MANY.search(found[3]) else "was"
    return f"{_capital(found[3])} {was} {past} by {small(found[1])}{found[4] or ''}."


RULES: Mapping[str, Rule] = {
    "clause dropped": drop_clause,
    "participle dropped": drop_participle,
    "second clause dropped": drop_second,
    "opening dropped": drop_lead,
    "opening moved": lead_last,
    "aside dropped": drop_aside,
    "according to": according,
    "speaker moved": said_last,
    "synonyms": synonyms,
    "number form": number_form,
    "date form": date_form,
    "surname alone": surname,
    "title dropped": drop_title,
    "abbreviation": abbreviation,
    "contraction": contraction,
    "passive": passive,
}


def reword(text: str, rng: random.Random) -> tuple[str, str] | None:
    """A sentence reworded by one rule to three, and the name of the first; None where no rule applies."""
    names = list(RULES)
    rng.shuffle(names)
    applied: list[str] = []
    # Synonyms fit nearly every sentence: last, so that the other rules are seen as well.
    for name in sorted(names, key=lambda each: each == "synonyms"):
        made = RULES[name](text)
        if made and made != text and len(made.split()) >= 5:
            text, applied = made, [*applied, name]
        if len(applied) == 3:
            break
    return (text, applied[0]) if applied else None


def join(first: str, second: str) -> str:
    """Two sentences as one."""
    return f"{first.rstrip('.')}, and {small(second)}"
