"""Whether a sentence tells that somebody said, held or did something: that much makes an entry of a timeline.

What only comments, supposes or describes does not, however much it is about the topic. Read from the first verb behind
the name of who acts.
"""

from __future__ import annotations

import re

from retrieval.nlp.agents import SPEAKS, acting

# What supposes, what only comments or describes, and what somebody is who takes a position.
_SUPPOSES = r"may|might|could|would|should|must|can|cannot|seems?|seemed|appears?|appeared|tends?|likely"
_COMMENTS = (
    r"remain(?:s|ed)?|showcas\w+|illustrat\w+|represent(?:s|ed)?|underscor\w+|reflect(?:s|ed)?|underlin\w+|grappl\w+"
    r"|wrestl\w+|complicat\w+|mean(?:s|t)?|evolv\w+|include[sd]?|involve[sd]?|contain(?:s|ed)?|depend(?:s|ed)?"
    r"|need(?:s|ed)?|faces|has been|have been|find|finds|who|which|that"
)
_IS = r"is|are|was|were|be|['’]s|has been|have been|had been"
_STANDING = (
    r"adamant|vocal|opposed|against|willing|unwilling|ready|prepared|open|committed|convinced|reluctant|hesitant"
    r"|cautious|determined|concerned|confident|firm|clear|in favou?r|working|calling|continuing|pushing|seeking|asking"
    r"|planning|trying|aiming|requesting|demanding|considering|advocating|insisting|looking|threatening|warning"
    r"|preparing|buying|selling|scrambling|launching|starting|ending|putting|suing|facing"
)
_DONE = (
    r"[a-z]{2,}ed|said|says|told|tells|gave|gives|given|took|takes|taken|made|makes|met|held|holds|won|wins|lost|loses"
    r"|left|leaves|fell|rose|kept|keeps|sent|sends|cut|cuts|put|puts|hit|hits|began|begins|begun|went|came|became"
    r"|becomes|led|paid|pays|spent|spoke|saw|sees|built|bought|sold|struck|withdrew|withdrawn|forbade|wrote|writes"
    r"|sought|seeks|set|sets|shot|broke|ran|runs|found|got|drew|fought|chose|flew|threw|thought|shut|shuts"
)
# Present forms, as headlines and chronicles have them.
_DOES = (
    r"(?:announc|accus|agre|argu|urg|propos|declar|releas|advanc|approv|refus|promis|caus|pledg|acknowledg|continu"
    r"|resum|seiz|captur|clos|issu|impos|rais|receiv|reduc|arriv|criticis|criticiz|emphasis|emphasiz|reveal|warn|admit"
    r"|reject|insist|demand|order|deni|call|ask|claim|state|assert|report|confirm|want|support|back|oppose|favour|favor"
    r"|vow|vote|plan|launch|attack|kill|target|fire|bomb|storm|sign|end|start|stop|open|offer|request|require|threaten"
    r"|suspend|cancel|abandon|drop|lift|extend|expel|recogni[sz]e|condemn|welcome|join|return|visit|resign|appoint"
    r"|elect|arrest|charge|sue|file|rule|ban|block|deploy|dissolve|hand|enter|reach|believe|hope|expect|publish|test"
    r"|note|suggest|express|release|remove|restore|retire|respond|award|succeed|fail|use|discover|identify|push"
    r"|conclude|voice|aim|proclaim|nominate|introduce|transfer|move|evacuate)e?s"
)
_VERB = re.compile(
    rf"\b(?:(?P<will>will)|(?P<supposes>{_SUPPOSES})"
    rf"|(?P<holds>(?:{_IS})(?:n['’]t)?(?: \w+ly| not| also| now| still)? (?:{_STANDING}))"
    rf"|(?P<passive>(?:{_IS}|is being|was being)(?: \w+ly)? (?!expected|supposed|based|used)[a-z]{{2,}}ed)"
    rf"|(?P<is>{_IS})|(?P<comments>{_COMMENTS})"
    rf"|(?P<done>{_DONE}|{_DOES}|(?:does|do|did)(?: not|n['’]t) [a-z]+"
    rf"|ha(?:s|ve|d) (?:\w+ly |also |long |now |just |not |never )?(?:{_DONE})))\b"
)
# How many characters behind the name the verb may begin, beside what stands between commas or brackets.
_WITHIN = 60
_APPOSED = re.compile(r"\A\s*(?:\([^()]*\)\s*|,\s[^,;“”]{1,90},)")
# What leans on the sentences before: nobody can read it alone.
_LEANS = re.compile(
    r"\A\W*(?:(?:\w+, )?(?:[Ii]t|[Tt]hey|[Hh]e|[Ss]he|[Tt]his|[Tt]hat)|This|These|That|Those|Such|Here|There|We|I|You"
    r"|or|and|but|Key|which|who|then)\b(?![’'])|\A[a-z]"
)
_OURS = re.compile(r"\b(?:I|[Ww]e|[Uu]s|[Oo]ur|[Mm]y|[Yy]ou|[Yy]our)\b")
_WHOSE = re.compile(r"\A(?:\S+ ){0,5}(?:his|her|their|its)\b", re.IGNORECASE)
# Words of nobody, and what was named before: "The plan", "Other states".
_UNNAMED = re.compile(
    r"\A(?:[“\"‘]|(?:[Tt]he|[Oo]ther|[Aa]nother|[Ss]ome|[Mm]any|[Tt]wo|[Nn]ow|[Ss]till|[Aa]nd|[Bb]ut)\b,?"
    r"(?! (?:[\w-]+ ){0,4}[A-Z]))"
)
# An opening that says when, where or beside what something is, up to its comma.
_INTRODUCED = re.compile(
    r"\A(?:With|Amid|As|When|While|After|Before|During|Since|Although|Though|Despite|Given|For|From|Under|In|On|At|By)\b"
    r"[^,]*(?:,\s+|\Z)"
)
_BETWEEN = re.compile(
    r"\s+(?:(?:\w+ly|also|now|still|then|soon|later|again|first|itself|himself|herself|just|even|long)\s+){0,2}"
    r"(?P<beside>(?:of|in|on|at|for|from|with|to|has|have|had|is|are|was|were|did|does|do)\b)?"
)
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]?")
# The credit of a photograph, or what a player of films says, before what is to be seen.
_CAPTION = re.compile(
    r"\A\W*(?:(?:[A-Z][\w.-]+ ){0,3}[A-Z][\w.-]*/[A-Z][\w.-]*|(?:Reuters|AFP) (?!Institute|Foundation)[A-Z]"
    r"|(?:\S+ ){0,4}Getty Images\b"
    r"|(?:AP |File )?[Pp]hoto(?:graph)?s?(?: by\b|:)|Video Ad Feedback\b)"
    r"|- Source: \w+\W*\Z"
)
_MAYBE = re.compile(r"\A\W*(?:If|Whether|Should|Were)\b")


def tells(text: str, resolved: bool = False) -> bool:
    """Whether a sentence tells by itself that somebody said, held or did something.

    With `resolved` it is known for whom the pronoun stands that it opens with.
    """
    if _CAPTION.search(text) or _MAYBE.match(text) or _OURS.search(_QUOTED.sub(" ", text)):
        return False
    if not resolved and not text.startswith(("“", '"', "‘")) and _LEANS.match(text):
        return False
    if found := acting(text):
        return _acts(found[1])
    bare = _INTRODUCED.sub("", text)
    return resolved or not (_UNNAMED.match(bare) or _WHOSE.match(bare)) if _acts(bare) else False


def is_caption(text: str) -> bool:
    """Whether it stands under a picture, or is what a player of films says."""
    return bool(_CAPTION.search(text))


def goes_on(after: str) -> bool:
    """Whether what stands behind a name leaves it whole: a verb, a mark, a preposition, and no further noun."""
    while apposed := _APPOSED.match(after):
        after = after[apposed.end() :]
    if SPEAKS.match(after) or not re.match(r"[\"”]?\s+\w", after):
        return not after.startswith(("”", '"', "’", "'")) or bool(SPEAKS.match(after))
    behind = _BETWEEN.match(after)
    return bool(behind and (behind["beside"] or _VERB.match(after, behind.end())))


def _acts(after: str) -> bool:
    """Whether what stands behind a name goes on with a verb that tells."""
    while apposed := _APPOSED.match(after):
        after = after[apposed.end() :]
    verb = _VERB.search(after[: 2 * _WITHIN])
    if verb is None or verb.start() > _WITHIN:
        return False
    return bool(verb["will"] or verb["holds"] or verb["passive"] or verb["done"])
