"""Recognises boilerplate, one line at a time, by common phrases and by its form.

The phrases are common across the web, never one site's own. A line that could be part of an article is kept: a button's
label does less harm than a lost sentence.
"""

from __future__ import annotations

import re

_LONGEST = 400  # characters; no boilerplate line is longer
_LONGEST_HEADING = 60
_MARKS = " \t:.…|>»›→-–—•*#►▶+"
_CREDITED = re.compile(r"\((?:ap photo|photo|image|credit|source|file photo|via)\b[^()]{2,80}\)\W?$", re.IGNORECASE)
# A link to another story as text: a kicker, a colon with no space after it, a headline.
_KICKER = re.compile(r"[►▶▸»›*]?\s*[^:.!?]{2,60}[.!?]?:(?=[\"'“‘]?[^\W\d_]{2})\S.{8,}")
# Breadcrumbs: three or more short names with marks between them.
_BREADCRUMB = re.compile(
    r"[^\s>»›/|]+(?: [^\s>»›/|]+){0,3}(?: ?[>»›] ?| [/|] )(?:[^>»›/|]{1,40}(?: ?[>»›] ?| [/|] ))+[^>»›|]{1,200}"
)
_ENDED = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'”’»)\]]*$")
_NEXT_SENTENCE = re.compile(r"[.!?][\"'”’»)\]]*\s+[\"'“‘«(]?[^\Wa-z_]|[。！？]")
_JUDGED = 2_000  # characters that are looked at


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_SITES = (
    r"(?:facebook|twitter|x|linkedin|reddit|whatsapp|telegram|instagram|pinterest|flipboard|threads|bluesky"
    r"|mastodon|youtube|tiktok|messenger|tumblr|pocket|google news)"
)
_THINGS = r"(?:posts?|articles?|stories|story|news|headlines|contents?|reads?|topics?|videos?|reports?|coverage)"
_LEGAL = (
    r"(?:privacy policy|terms (?:of|and) \w+|cookie policy|contact us|about us|advertise(?: with us)?|sitemap"
    r"|accessibility|do not sell my personal information)"
)
_AGENCIES = (
    r"(?:getty(?: images)?|reuters|afp|ap(?: photo)?|epa(?:-efe)?|shutterstock|alamy|istock(?:photo)?|bloomberg"
    r"|unsplash|pixabay|pexels|wikimedia(?: commons)?|dpa|anadolu|zuma(?: press)?|usa today sports|imagn)"
)

# Headings of lists of other stories. The lines after it decide if such a list ends the article.
LIST_HEADING = _any(
    rf"(?:the )?latest(?: (?:{_THINGS}|updates|from .{{1,40}}|in .{{1,40}}))?",
    rf"(?:related|recent|recommended|popular|trending|featured|similar|top|other|also)(?: {_THINGS})?",
    r"(?:related|recommended|suggested) (?:links?|reading|tags|for you|by .{1,40})",
    rf"(?:most|editors?['’]?s?) (?:popular|read|viewed|shared|commented|recent|picks?|choice)(?: {_THINGS})?",
    rf"(?:trending|popular|happening)(?: now| today| this week| on .{{1,30}}| {_THINGS})",
    rf"(?:read|see|view|show|load|keep|discover)? ?more(?: {_THINGS})?",
    rf"more(?: {_THINGS})? (?:like this|from .{{1,50}}|on this(?: \w+)?|for you|by .{{1,50}}|in .{{1,40}})",
    r"more to (?:read|explore)|explore more|in case you missed it|up next|next up|newest|archives?",
    r"(?:keep|continue|further|also|next) read(?:ing)?|(?:what to )?read(?: this)? next",
    r"you (?:may|might|could) (?:also )?(?:like|enjoy|be interested in|want to read|have missed).{0,20}",
    r"you['’]ll (?:also )?(?:like|love)|(?:see|read|watch) also|(?:also|don['’]t) (?:read|see|miss)",
    r"(?:stories|articles|posts) (?:for you|you (?:may|might) (?:like|have missed))",
    r"(?:promoted|sponsored|paid|partner) (?:content|links?|stories|posts)|(?:from )?(?:around|across) the web",
    r"in other news|elsewhere on .{1,40}|what others are reading|people also read",
)
# Headings of sections that only follow an article.
END_HEADING = _any(
    r"leave (?:a|your) (?:reply|comment|response)(?: .{0,30})?|(?:post|add|write|submit) (?:a|your)? ?comments?",
    r"(?:view |show |read )?(?:all )?\d* ?comments?(?: \(\d+\))?|join the (?:conversation|discussion)",
    r"(?:previous|next|older|newer) (?:article|post|story)s?",
)
# Headings of boxes that also stand beside or between its paragraphs.
BOX_HEADING = _any(
    r"share(?: (?:post|this|article|story|on|via|with)(?: .{0,30})?)?|categories|tags|filed under|topics|quick links",
    r"subscribe(?: (?:now|today|here|to .{1,40}))?|(?:our )?newsletters?|follow us(?: .{0,40})?|stay connected",
    r"connect with us|like this",
)
AUTHOR_HEADING = _any(r"(?:more )?about (?:the )?(?:author|writer|reporter)s?|(?:the )?author|meet the author")
LINE = _any(
    # Buttons, menus, counters
    rf"(?:(?:share|tweet|pin(?: it)?|print|e-?mail|save|copy(?: link)?|like|{_SITES}|on|via|or|and|more)[\s|/,·•:]*)+",
    r"(?:main )?menu|search|skip to .{1,30}|register|home|close|next|previous|back to top|toggle .{1,30}",
    r"sign[ -]?(?:in|up|out)|log[ -]?(?:in|out)|advertisements?|ads?|sponsored|promoted|loading\.*",
    r"read more|continue reading|(?:view|see|show) all|play(?: video)?|watch(?: live| now| the video)?",
    r"listen(?: now| to this .{1,30})?|image|photo|video|caption|gallery|getty images|(?:[a-z]+_[a-z_]+)+",
    r"gift (?:this )?article|(?:order )?reprints?|print (?:this )?article",
    r"download (?:our|the) .{0,30}\bapp\b.{0,60}|[^'’.:]{3,40}\bavatar",
    r"\d+(?:[.,]\d+)?[km]? ?(?:comments?|shares?|views?|likes?|reactions?|retweets|min(?:ute)?s?\.? read)",
    r"(?:estimated )?read(?:ing)? time:? .{1,20}|(?:advertisement|scroll down)? ?[-–—]? ?scroll to .{1,40}",
    r"\W?(?:advertisement ?[-–—] ?)?(?:the )?(?:story|article|content) continues?(?: below| after .{1,30})?\W?",
    r"share (?:post|this(?: \w+)?|article|story)|(?:tags?|filed under|categories|topics|keywords): [^.!?]{1,200}",
    # Forms, consent, law
    r"(?:please )?enter your .{1,60}|your e-?mail address will not be published.*|required fields are marked.*",
    r"save my name, e-?mail.*|notify me (?:of|when|by) .*|(?:post|submit) comment|you must be (?:logged|signed) in.*",
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our partners)? uses? cookies.*",
    r"(?:accept|reject|manage) (?:all )?cookies?.*|please enable javascript.*|.{0,100}\bcould not be loaded\b.{0,60}",
    r"we (?:(?:will|may) )?(?:only )?(?:use|process|share|store|collect) (?:the |your |any )?(?:\w+ )?"
    r"(?:details|data|information|e-?mail(?: address)?)\b.*\b"
    r"(?:registration|subscription|communications|newsletters?|privacy (?:policy|notice))\b.*",
    r"['‘]we['’] includes? .{1,100}\b(?:brands?|companies|group|partners|affiliates)\b.{0,60}",
    r"if you (?:wish|want|would like) to (?:object|opt[ -]out|unsubscribe)\b.*\b(?:your data|tick|click)\b.*",
    r"would you like to (?:receive|get|sign up (?:to|for)) .{0,80}\b(?:newsletters?|alerts|updates)\b.{0,60}",
    r"(?:the |our )?[\w’' ]{1,40} newsletter (?:provides|brings|delivers|gives|offers|sends) you\b.*",
    r"by (?:clicking|subscribing|signing up|submitting|continuing)\b.*\b(?:agree|accept|consent|terms|privacy)\b.*",
    rf"{_LEGAL}(?:[ |·•,]+(?:and )?{_LEGAL})*",
    r"(?:copyright|©|\(c\)) .{0,200}|.{0,150}\ball rights reserved.{0,100}",
    r"this copy is for your personal, non-commercial use.*|our standards: .{1,80}",
    # Pleas to subscribe, follow, visit
    r"(?:sign up|subscribe|register)\b(?! with| as).{0,40}\b(?:now|today|here|free|subscri\w+|podcast)\b.*",
    r"(?:sign up|subscribe|register)\b.{0,40}\b(?:newsletters?|updates|alerts|inbox|digest|channel)\b.*",
    r".*\b(?:delivered|sent|straight|directly|right) (?:\w+ )?(?:to|into) your (?:inbox|phone|e-?mail).*",
    r"get .{1,60}\b(?:in|to) your inbox\b.*",
    r"(?:get|receive|want) (?:our|the (?:latest|best|top)|more) .{0,60}\b(?:newsletters?|alerts|app|inbox|updates)\b.*",
    rf"(?:follow|connect with|reach|(?:find|like|join) (?:us|me|him|her|them|our))\b.{{1,80}} \W?{_SITES}\b.{{0,80}}",
    r"follow @\w+.*|(?:on )?twitter: ?@\w+|(?:join|follow|like) (?:us|our)\b.{0,120}|follow every game: .{1,60}",
    r"for (?:all )?(?:the )?(?:more|latest|further|full|additional|breaking)\b(?! than).{0,120}"
    r"(?:,|\b(?:info|information|news|updates|details|coverage|stories|here)\b,?) (?:please )?"
    r"(?:visit|click|follow|go to|head (?:over )?to|check out|see|subscribe|download)\b.{1,160}",
    r"(?:click|tap) here (?:to|for)\b.*|(?:click|tap) (?:to|for) .{1,60}",
    r"(?:read|see|find|learn) more (?:here|at|on our|about us)\b.{0,120}",
    r"(?:more|full|complete|all) [\w’' ]{1,40}coverage: ?\S+.*",
    r"(?:visit|check out) .{1,80}['’]s? (?:coverage|website|page|app)\b.{0,60}",
    r"(?:to )?(?:support|empower) (?:the |our |local |independent |quality )+(?:\w+ )?journalism\b.{0,160}",
    r"thank you for supporting .{0,40}journalism\b.*|got a (?:news )?tip\b.{0,150}|have your say\b.{0,80}",
    r"like this (?:story|article)\?.{0,80}|what do you think\?.{0,120}\bcomments?\b.{0,60}",
    # Credits
    r"contributing: .{1,300}|.{3,200} contributed (?:reporting|to (?:this|the) (?:report|story|article))\b.{0,80}",
    r"\W?(?:(?:additional |with )?reporting|editing) by [^.?!]{3,270}\.?\)?",
    r"(?:written|compiled|graphics?|produced|photographs) by [^.,?!]{3,80}\.?",
    r"(?:this|the) (?:article|story|post)(?: was| has been)? (?:first |originally )(?:appeared|published).{1,120}",
    r"the (?:article|story|post) .{1,250} (?:appeared first|first appeared) (?:on|in|at) .{1,80}",
    r"(?:file |cover |top |main |featured )?(?:photo|image|picture|video|illustration|graphic)s?"
    r"(?: credit| source| by| courtesy)?(?: of)?\s*[:|] ?.{2,100}",
    r"\(?(?:file )?(?:photo(?:graph)?s?|images?|illustrations?) (?:by|courtesy of|credit|from|via) .{2,150}",
    r"(?:credit|source|caption): .{2,80}",
)
# The credit at the end of a picture's caption.
PICTURE_CREDIT = re.compile(
    rf"(?:/ ?|\(|\[|[-–—|] ?|\bvia |©\s?|\bphotos? (?:by|:) ?|\bimages?: ?){_AGENCIES}"
    rf"(?:[ /,]+(?:{_AGENCIES}|file|pool|via|[A-Z][\w.'’-]+)){{0,6}}[\])]?$",
    re.IGNORECASE,
)
# A link to another story: an instruction, a colon, a headline.
POINTER = _any(
    r"(?:(?:read|see|watch|learn|also|find|know)(?: more| also| next| this)?|more|more on [^:]{1,30}"
    r"|related(?: \w+){0,2}|don['’]t miss|videos?|gallery|in (?:photos|pictures)|live updates|also on \S+|recommended"
    r"|up next|listen)\W*[:|►] ?.{4,}",
    r"[►▶▸»›]\s*.{4,}",
)


def is_line(text: str) -> bool:
    """Tell if a line is boilerplate in any position."""
    if len(text) > _LONGEST:
        return False
    bare = text.strip(" \t:|>»›→←-–—•*[]")
    if not bare or LINE.fullmatch(bare):
        return True
    shapes = (_KICKER, _BREADCRUMB, POINTER)
    return not is_ended(text) and (is_caption(text) or any(shape.fullmatch(text) for shape in shapes))


def is_caption(text: str) -> bool:
    """Tell if a line ends with a picture's credit."""
    return len(text) <= _LONGEST and bool(PICTURE_CREDIT.search(text) or _CREDITED.search(text))


def heads_end(text: str) -> bool:
    """Tell if a line is the heading of a list of other stories or of comments, after an article."""
    return _heads(text, LIST_HEADING) or _heads(text, END_HEADING)


def heads_box(text: str) -> bool:
    """Tell if a line is the heading of a box around an article or between its paragraphs."""
    return heads_end(text) or _heads(text, BOX_HEADING)


def heads_author(text: str) -> bool:
    """Tell if a line is the heading of a note on the author."""
    return _heads(text, AUTHOR_HEADING)


def _heads(text: str, headings: re.Pattern[str]) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(headings.fullmatch(text.strip(_MARKS)))


def is_ended(text: str) -> bool:
    """Tell if a text ends as a sentence does, and not in an ellipsis."""
    return bool(_ENDED.search(text[-10:])) and not is_cut_short(text)


def is_cut_short(text: str) -> bool:
    """Tell if a text ends in an ellipsis."""
    return bool(_CUT_SHORT.search(text[-10:]))


def is_prose(text: str) -> bool:
    """Tell if a text is a complete sentence, and no headline or label."""
    if not is_ended(text):
        return False
    words = text[:_JUDGED].split()
    if len(words) < 8:  # scripts without spaces have few words and many letters
        return len(text) >= 20 and len(text) > 15 * len(words)
    letters = [word.lstrip("\"'“‘«(")[:1] for word in words if len(word) > 3]
    cased = [letter for letter in letters if letter.isupper() or letter.islower()]
    return sum(letter.isupper() for letter in cased) <= 0.6 * len(cased)


def is_body(text: str) -> bool:
    """Tell if a text is surely a paragraph of an article: prose that is long or has two sentences."""
    return is_prose(text) and (len(text) >= 120 or bool(_NEXT_SENTENCE.search(text[:_JUDGED])))
