"""What people read about what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.presentation.discord.markdown import small
from bot.presentation.words import OwnWords, phrase

_NOT_MINE = phrase(
    "Articles, feeds, and the topics of schedules, watches and notes belong to the server, and stay. What stands in "
    "Discord itself you delete there."
)


def kept(about: Mapping[str, Any], days: int, words: OwnWords) -> str:
    """What is kept of a person, and for how long; `about` is the document with all of it."""
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
