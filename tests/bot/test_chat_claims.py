"""Which sentences of a message can be checked, and what of them is left out."""

from __future__ import annotations

import pytest

from bot.discord.features.check import claims


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
