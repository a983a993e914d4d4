"""“Check against sources”: the verdict of the articles on the claims of a message."""

from __future__ import annotations

import re
from functools import partial

import discord
from discord import app_commands

from bot.discord.client import BotCog, BriefingBot, Interaction
from bot.discord.context import guild_of, scopes, words_of
from bot.discord.controls import begin_counted
from bot.discord.sending import text_of
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from retrieval.domain.answers import Verdict
from retrieval.domain.articles import Filter
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.markup import readable
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms

MAX_CLAIMS = 10
# More than a message of Discord has room for.
_MOST = 500

# Marks that a backslash keeps from formatting wait in Unicode's private area until the markup is gone.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000
_PLAIN = {_PRIVATE + code: chr(code) for code in range(128)}
# What our own answers hold beside their sentences: the sources, what came closest, warnings, small print, numbers.
_APPENDED = re.compile(
    r"^\*\*(?:Sources|Came closest)\*\*[^\S\n]*$.*|^(?:-#\s|⚠️\s|🔍\s|\[[0-9]{1,4}\]\s[^\n]*\s·\s)[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
_MARKER = re.compile(r"(?:(?<=\S)[^\S\n]+)?\[(?:\[[0-9]{1,4}\]\]\(<?https?://[^\s<>]*>?\)|[0-9]{1,3}\](?!\())")
# What a message shows as a block of code or quotes is another's; what it strikes out is withdrawn.
_FOREIGN = re.compile(r"```.*?(?:```|\Z)|^[^\S\n]*>>>\s.*|~~[^~]+~~", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`{1,2})(?P<code>[^`\n]+)\1")
_QUOTED = re.compile(r"^[^\S\n]*>(?:[^\S\n].*)?$", re.MULTILINE)
_MASKED = re.compile(r"\[([^\[\]]+)\]\(<?https?://(?:\([^\s()]*\)|[^\s()])+(?:\s\"[^\"]*\")?\)")
_URL = re.compile(r"\(?<?https?://[^\s<>]*[^\s<>.,;:!?()\]'\"”’]>?\)?")
# Mentions, emoji, times and commands as Discord writes them; spoiler marks.
_DISCORD = re.compile(r"<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^<>:]+:\d+|id:\w+)>|\|\||(?<!\w):\w+:(?!\w)")
# A line of a chat is a paragraph, unless it was wrapped.
_LINE_END = re.compile(r"\n(?![a-z])")
# What leaving out a link or an emoji leaves before a full stop.
_GAP = re.compile(r"\s+(?=[.,;!?](?:\s|$))")
# The mark of a heading or of an item in a list.
_MARK = re.compile(r"\A(?:#{1,3}|[-*+•–—]|\d{1,2}[.)])\s+")
_GREETING = re.compile(
    rf"\A(?:{any_of(load('en')['question']['greeting'])})(?:\s+(?:{any_of(load('en')['question']['greeted'])}))*"
    r"\s*(?:[,.!:–—-]+\s*|\Z)",
    re.IGNORECASE,
)
# Signs of a verb: an auxiliary, a common form without an ending, or an ending on a word in small letters.
_FORMS = " ".join([*load("en")["irregular"]["verbs"], *map(load("en")["roles"].__getitem__, ("be", "auxiliaries"))])
_VERB = re.compile(rf"\b(?:{any_of(set(_FORMS.split()))}|[a-z]+(?:n['’]t|ed|[^\Ws]s|ing|en))\b")
# What may close a sentence after its question mark.
_CLOSING = "\"'”’»)] "


def claims(text: str) -> list[str]:
    """The sentences of a chat message that can be checked, in order and each once.

    Without markup, questions, greetings, links and code, and without what the message quotes of others. Of an answer
    of ours its sentences, without their sources.
    """
    text = _ESCAPED.sub(lambda mark: chr(_PRIVATE + ord(mark[1])), text.replace("\r\n", "\n"))
    text = _LINE_END.sub("\n\n", _unlinked(_own(text)).translate(_PLAIN))
    bare = (_bare(text[start:end]) for start, end in sentences(text))
    return list(dict.fromkeys(each for each in bare if _is_checkable(each)))[:_MOST]


def _own(text: str) -> str:
    """What the writer of a message says and stands by."""
    return _MARKER.sub("", _QUOTED.sub("", _CODE.sub(_uncoded, _FOREIGN.sub(" ", _APPENDED.sub("", text)))))


def _uncoded(found: re.Match[str]) -> str:
    """The words of code within a sentence, which only stand out; nothing of a whole sentence, which is another's."""
    code, before, after = found["code"], found.string[: found.start()], found.string[found.end() :]
    begins = not before.strip() or before.rstrip(" \t").endswith((".", "!", "?", "\n"))
    ends = code.rstrip().endswith((".", "!", "?")) or not after.partition("\n")[0].strip()
    return " " if begins and ends else code


def _unlinked(text: str) -> str:
    """A message without addresses, mentions and emoji; of a masked link its words remain."""
    return _DISCORD.sub(" ", _URL.sub(" ", _MASKED.sub(r"\1", text)))


def _bare(sentence: str) -> str:
    return _GREETING.sub("", _MARK.sub("", _GAP.sub("", readable(sentence))))


def _is_checkable(sentence: str) -> bool:
    # What asks, or only leads to what stands below, states nothing.
    if sentence.rstrip(_CLOSING).endswith(("?", ":")):
        return False
    return len(sentence.split()) >= 3 and len(content_terms(sentence)) >= 2 and bool(_VERB.search(sentence))


class CheckCog(BotCog):
    """Checking a message."""

    async def check(self, interaction: Interaction, message: discord.Message) -> None:
        """Show the verdict on each of its claims."""
        bot = self._bot
        reply = await begin_counted(interaction)
        if reply is None:
            return
        stated = claims(text_of(message))
        found = await bot.executor.run(
            partial(self._judge, stated[:MAX_CLAIMS], scopes(guild_of(interaction)), str(interaction.user.id))
        )
        link = partial(best_link, bases=bot.settings.bases)
        plain, words = bot.settings.plain_messages, words_of(interaction)
        await reply.deliver(rendering.verdicts(found, link, len(stated), plain, words))

    def _judge(self, stated: list[str], scopes: tuple[str, ...], person: str) -> list[Verdict]:
        return [self._bot.briefing.verification.verify(claim, Filter(scopes=scopes), person=person) for claim in stated]


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    checking = CheckCog(bot)
    await bot.add_cog(checking)
    # A cog cannot declare message commands.
    bot.tree.add_command(app_commands.ContextMenu(name="Check against sources", callback=checking.check))
