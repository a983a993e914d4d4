"""“Check against sources”: which sentences of a message are checked, and what its reader is shown."""

from __future__ import annotations

import pytest

from bot.discord.features.check import claims
from tests.bot.conftest import Town
from tests.shown import said


def test_the_sentences_of_a_message_come_in_order_and_once() -> None:
    text = "NATO has 32 members. Germany is wary of sending troops. NATO has 32 members."
    assert claims(text) == ["NATO has 32 members.", "Germany is wary of sending troops."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂🙂",
        "Has NATO invited Ukraine?",
        "Good morning everyone!",
        "https://example.org/a-story",
        "NATO and the European Union",
        "> NATO has 40 members.",
        "`NATO has 40 members.`",
        "```\nNATO has 40 members.\n```",
        ">>> NATO has 40 members.\nUkraine has joined NATO.",
        "~~NATO has 40 members.~~",
        "~~No.~~ `NATO has 40 members.`",
    ],
)
def test_what_states_nothing_or_is_another_s_is_no_claim(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Hi all, NATO has 32 members.", "NATO has 32 members."),
        ("Thanks to NATO, Ukraine has weapons.", "Thanks to NATO, Ukraine has weapons."),
        ("- **NATO** has [32 members](https://example.org/a_(b)) :tada:", "NATO has 32 members"),
        ("<@123> NATO has 32 members (https://example.org/x).", "NATO has 32 members."),
        ("## NATO\n||NATO has 32 members||", "NATO has 32 members"),
        ("The war\nhas lasted three years.", "The war has lasted three years."),
        ("> NATO has 40 members.\nNATO has 32 members.", "NATO has 32 members."),
        ("Zelenskyy's plan has `28` points.", "Zelenskyy's plan has 28 points."),
        ("`28` points are in Zelenskyy's plan.", "28 points are in Zelenskyy's plan."),
        ("Zelenskyy's plan has ``28`` points.", "Zelenskyy's plan has 28 points."),
        ("`NATO has 40 members.` NATO has 32 members.", "NATO has 32 members."),
        ("`NATO has 40 members. ` NATO has 32 members.", "NATO has 32 members."),
    ],
)
def test_markup_greetings_and_links_are_left_out_of_a_claim(text: str, claim: str) -> None:
    assert claims(text) == [claim]


def test_of_an_answer_of_the_bot_its_sentences_are_claims_and_its_sources_are_not() -> None:
    text = (
        "During a recent summit, leaders met \\(all 32\\). [[1]](<https://example.org/a_(b)?key=1#l9>) "
        "They said \\*yes\\* in C\\# and \\`code\\`.[2] [3]\n\n"
        "**Sources**\n"
        "[1] [NATO leader sidesteps it](<https://example.org/a>) · 3 Dec 2024\n"
        "[2] Ukraine has shifted its stance · AP · 14 Dec 2025 · `001.txt:9`\n"
        "-# As of 14 Dec 2025 · searched 5 articles, the newest of 14 Dec 2025"
    )
    assert claims(text) == ["During a recent summit, leaders met (all 32).", "They said yes in C# and `code`."]


@pytest.mark.parametrize(
    "text",
    [
        "🔍 Not in the articles: I searched the 5 articles.\n\n**Came closest**\n- Ukraine has shifted · 14 Dec 2025",
        "[3] Ukraine has shifted its stance · 14 Dec 2025 · `001.txt:9`",
        "⚠️ **Old news**: the newest of these sources came out 350 days ago.",
        "-# Understood as: what has Ukraine said of it",
        "As of 14 Dec 2025 \\(date estimated\\):\n> **Ukraine has shifted its stance.**\n-# [1] Ukraine · 14 Dec 2025",
        "🟡 **Not sure this answers it; the closest I have:**\n\n> -# The stance\n> Ukraine has shifted its stance.",
    ],
)
def test_what_articles_say_in_an_answer_of_the_bot_is_no_claim(text: str) -> None:
    assert claims(text) == []


def test_a_line_of_a_chat_ends_a_sentence() -> None:
    assert claims("Germany is wary\nFrance is open to it") == ["Germany is wary", "France is open to it"]


def test_a_long_message_gives_all_its_claims() -> None:
    text = " ".join(f"The alliance has {count} members." for count in range(2, 40))
    assert claims(text) == [f"The alliance has {count} members." for count in range(2, 40)]


async def test_a_message_is_checked_sentence_by_sentence(town: Town) -> None:
    message = await town.ann.send(
        town.channel,
        "Hello! Mark Rutte is the NATO Secretary-General. The Moon is made of green cheese.",
    )
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert result.ephemeral
    assert "Mark Rutte is the NATO Secretary" in said(result)
    assert "Nothing found in the articles" in said(result)
    assert "Hello" not in said(result)
    assert "not by a person" in said(result)


async def test_a_message_without_a_claim_has_nothing_to_check(town: Town) -> None:
    message = await town.ann.send(town.channel, "Thanks, all!")
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert "no claim" in said(result)


async def test_of_a_long_message_the_first_sentences_are_checked_and_that_is_said(town: Town) -> None:
    text = " ".join(f"The bridge number {number} is closed to lorries." for number in range(15))
    message = await town.ann.send(town.channel, text)
    assert "first 10 of 15" in said(await town.ann.context_menu(town.channel, "Check against sources", message))


@pytest.mark.parametrize("env", [{"questions": 1}], indirect=True)
async def test_checks_count_as_questions(town: Town) -> None:
    message = await town.ann.send(town.channel, "Mark Rutte is the NATO Secretary-General.")
    await town.ann.context_menu(town.channel, "Check against sources", message)
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert result.ephemeral
    assert "Please try again in" in said(result)
