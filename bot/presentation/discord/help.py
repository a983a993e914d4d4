"""What a newcomer reads in Discord: the commands by task, what the bot is, and its greeting on a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.presentation.discord.markdown import small
from bot.presentation.message_splitting import split
from bot.presentation.words import ENGLISH, Words, phrase

# The commands by what people come for, by their full or their first name; what is named nowhere stands under the last.
_TASKS = {
    phrase("Ask"): ("ask", "brief", "timeline", "compare"),
    phrase("Keep up"): ("digest", "since"),
    phrase("Look things up"): ("sources",),
    phrase("For people who manage this server"): ("feeds", "article", "schedule", "watch", "settings", "status"),
    phrase("About me"): ("help", "about"),
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


def overview(commands: Sequence[Command], menus: Sequence[str], ids: Mapping[str, int]) -> list[str]:
    """The messages of `/help`: all commands, and the message commands by their names."""
    parts = ["Mention me with a question, or use a command. Follow up in the thread under an answer, or reply to it."]
    left = list(commands)
    for task, names in _TASKS.items():
        chosen = [each for name in names for each in left if name in (each.name, each.name.partition(" ")[0])]
        left = [each for each in left if each not in chosen]
        parts += _group(task, chosen, ids)
    parts += _group(_OTHERS, left, ids)
    if menus:
        named = " and ".join(f"“{each}”" for each in menus)
        parts.append(small(f"On any message: hold it or right-click it, choose Apps, then {named}."))
    return split("\n\n".join(parts))


def _group(task: str, commands: Sequence[Command], ids: Mapping[str, int]) -> list[str]:
    lines = [f"- {mention(each.name, ids)} {each.description}" for each in commands]
    return ["\n".join([f"**{task}**", *lines])] if lines else []


def about(version: str, articles: str, writer: str, command: Callable[[str], str]) -> str:
    """The message of `/about`: `articles` says what this server sees, `writer` names a language model or is empty."""
    written = f"Sentences are written by {writer}, every one checked against its source." if writer else ""
    return "\n".join(
        filter(
            None,
            [
                "I answer questions from your team's articles: in their own words, with the source and day of each, "
                "and I say so where they have no answer.",
                written,
                f"This place sees {articles}.",
                _WHO_SEES_WHAT,
                f"{command('help')} lists all commands.",
                small(f"Briefing {version}"),
            ],
        )
    )


def welcome(command: Callable[[str], str], examples: bool) -> str:
    """The first message on a server; with `examples` it has buttons under it."""
    lines = [
        "**Hello! I answer questions from your team's articles**, with quotes and links, and say so where they have no "
        "answer.",
        f"- **Ask:** mention me with a question, or use {command('ask')}. Follow up in the thread under the answer.",
        f"- **Keep up:** {command('digest')} tells the news; {command('schedule add')} posts it every morning.",
        f"- **Add articles:** {command('feeds add')} brings in what a site publishes, {command('article add')} one "
        "page or file.",
        f"- **Who sees what:** {_WHO_SEES_WHAT}",
        f"- {command('help')} lists all commands.",
    ]
    return "\n".join([*lines, "Try one of these; only you will see the answer:"] if examples else lines)


_WHO_SEES_WHAT = (
    "articles and feeds added on a server are seen on that server alone; in private messages I know only the articles "
    "that are shared with everybody. Questions and answers are kept so that you can follow up on them. Those without "
    "an answer are listed under digests and notes, without names; what is asked in private never is."
)
