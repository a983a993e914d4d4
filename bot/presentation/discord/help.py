"""What a newcomer reads in Discord: the commands by task, what the bot is, and its greeting on a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.presentation.discord.layouts import Page, Part, Text, Tone, paged
from bot.presentation.discord.markdown import small
from bot.presentation.wording import newest
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.searches import Searched

# The commands by what people come for, by their full or their first name; what is named nowhere stands under the last.
_TASKS = {
    phrase("Ask"): ("ask", "brief", "timeline", "compare"),
    phrase("Keep up"): ("digest", "since"),
    phrase("Look things up"): ("sources",),
    phrase("For people who manage this server"): ("feeds", "article", "schedule", "watch", "settings", "status"),
    phrase("About me"): ("help", "about", "privacy"),
}
_OTHERS = phrase("More")


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its full name, and what Discord says of it."""

    name: str
    description: str


def mention(name: str, ids: Mapping[str, int]) -> str:
    """A command that opens with a click; as plain text while its id is not known."""
    id_ = ids.get(name.partition(" ")[0])
    return f"</{name}:{id_}>" if id_ else f"`/{name}`"


def overview(
    commands: Sequence[Command],
    menus: Sequence[str],
    ids: Mapping[str, int],
    words: OwnWords = ENGLISH,
    plain: bool = False,
) -> list[Page]:
    """The messages of `/help`: all commands, and the message commands by their names."""
    opening = words(
        "Mention me with a question, or use a command. Follow up in the thread under an answer, or reply to it."
    )
    parts = []
    left = list(commands)
    for task, names in _TASKS.items():
        chosen = [each for name in names for each in left if name in (each.name, each.name.partition(" ")[0])]
        left = [each for each in left if each not in chosen]
        parts += _group(words(task), chosen, ids)
    parts += _group(words(_OTHERS), left, ids)
    named = words(
        "On any message: hold it or right-click it, choose Apps, then: {named}.",
        named=", ".join(f"“{each}”" for each in menus),
    )
    below = small(named) if menus else ""
    foot = lambda at, total: below if at == total else ""  # noqa: E731
    return paged(parts, Tone.NEWS, opening=opening, foot=foot, ruled=False, plain=plain)


def _group(task: str, commands: Sequence[Command], ids: Mapping[str, int]) -> list[Part]:
    lines = [f"- {mention(each.name, ids)} {each.description}" for each in commands]
    return [(Text("\n".join([f"**{task}**", *lines])),)] if lines else []


def about(version: str, seen: Searched, writer: str, command: Callable[[str], str], words: OwnWords = ENGLISH) -> str:
    """The message of `/about`: `seen` is what this server sees, `writer` names a language model or is empty."""
    lines = [
        words(
            "I answer questions from your team's articles: in their own words, with the source and day of each, "
            "and I say so where they have no answer."
        ),
        words("Sentences are written by {writer}, every one checked against its source.", writer=writer)
        if writer
        else "",
        words.many(
            "This place sees {count} article{newest}.",
            "This place sees {count} articles{newest}.",
            seen.articles,
            newest=newest(seen, words),
        ),
        words(_WHO_SEES_WHAT),
        words("{help} lists all commands.", help=command("help")),
        small(f"Briefing {version}"),
    ]
    return "\n".join(filter(None, lines))


def welcome(command: Callable[[str], str], examples: bool, words: OwnWords = ENGLISH) -> str:
    """The first message on a server; with `examples` it has buttons under it."""
    lines = [
        words(
            "**Hello! I answer questions from your team's articles**, with quotes and links, and say so where they "
            "have no answer."
        ),
        words(
            "**Ask:** mention me with a question, or use {ask}. Follow up in the thread under the answer.",
            ask=command("ask"),
        ),
        words(
            "**Keep up:** {digest} tells the news; {schedule} posts it every morning.",
            digest=command("digest"),
            schedule=command("schedule add"),
        ),
        words(
            "**Add articles:** {feeds} brings in what a site publishes, {article} one page or file.",
            feeds=command("feeds add"),
            article=command("article add"),
        ),
        f"{words('**Who sees what:**')} {words(_WHO_SEES_WHAT)}",
        words("{help} lists all commands.", help=command("help")),
    ]
    listed = [lines[0], *(f"- {each}" for each in lines[1:])]
    return "\n".join([*listed, words("Try one of these; only you will see the answer:")] if examples else listed)


_WHO_SEES_WHAT = phrase(
    "articles and feeds added on a server are seen on that server alone; in private messages I know only the articles "
    "that are shared with everybody. Questions and answers are kept so that you can follow up on them. Those without "
    "an answer are listed under digests and notes, without names; what is asked in private never is."
)
