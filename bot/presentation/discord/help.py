"""Pages about the bot in Discord: the commands by task, its greeting on a server, and what it keeps of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.presentation.discord.layouts import Page, Part, Text, Tone, paged
from bot.presentation.discord.markdown import small
from bot.presentation.wording import newest
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.articles import Searched

# The commands by what people come for, by their full or their first name; what is named nowhere stands under the last.
_TASKS = {
    phrase("Ask"): ("ask", "brief", "timeline", "compare"),
    phrase("Keep up"): ("digest", "since"),
    phrase("Look things up"): ("sources",),
    phrase("For people who manage this server"): ("feeds", "article", "schedule", "watch", "settings", "status"),
    phrase("About me"): ("help", "about", "privacy"),
}
_OTHERS = phrase("More")
_WHO_SEES_WHAT = phrase(
    "articles and feeds added on a server are seen on that server alone; in private messages I know only the articles "
    "that are shared with everybody. Questions and answers are kept so that you can follow up on them. Those without "
    "an answer are listed under digests and notes, without names; what is asked in private never is."
)
_NOT_MINE = phrase(
    "Articles, feeds, and the topics of schedules, watches and notes belong to the server, and stay. What stands in "
    "Discord itself you delete there."
)


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


def kept(about: Mapping[str, Any], days: int, words: OwnWords) -> str:
    """The page about what is kept of a person, and for how long; `about` is the document with all of it."""
    lines = list(_counts(about, words))
    if not lines:
        return f"{words('I keep nothing about you.')}\n{small(words(_NOT_MINE))}"
    until = words.many("I keep them for {count} day.", "I keep them for {count} days.", days) if days else ""
    head = words("**What I keep about you**, under a number made from your account, on all servers:")
    return "\n".join([head, *(f"- {line}" for line in lines), *([until] if until else []), small(words(_NOT_MINE))])


def _counts(about: Mapping[str, Any], words: OwnWords) -> list[str]:
    asked, votes = len(about["questions"]), len(about["votes"])
    made = len(about["schedules"]) + len(about["watches"])
    lines = []
    if asked:
        lines.append(words.many("{count} question with its answer", "{count} questions with their answers", asked))
    if votes:
        lines.append(words.many("{count} vote on an answer", "{count} votes on answers", votes))
    if made:
        lines.append(
            words.many(
                "your account's id under {count} schedule or watch",
                "your account's id under {count} schedules and watches",
                made,
            )
        )
    if about["model_calls"] or about["articles_added"]:
        lines.append(words("what you have used of today's limits, until midnight (UTC)"))
    return lines


def sure(words: OwnWords) -> str:
    """The question before all of it is deleted."""
    return words(
        "Shall I delete your questions with their answers, your votes, and your account's id under schedules and "
        "watches, on all servers? It cannot be undone: buttons under these answers end, and you will not be told when "
        "a schedule of yours stops."
    )


def deleted(words: OwnWords) -> str:
    """The line after it was deleted."""
    return words("Done: I keep nothing about you any more but what you have used of today's limits, until midnight.")
