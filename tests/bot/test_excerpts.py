"""Excerpts as people see them, at a terminal and in Discord, whatever the articles hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presentation import terminal
from bot.presentation.discord import rendering
from bot.presentation.links import Bases
from bot.presentation.terminal_style import ANSI, PLAIN, style_of
from retrieval.domain.answers import Answer, Conflict, Side, Statement
from retrieval.domain.citations import Citation
from tests.bot.test_hostile_messages import HOSTILE, LINKS, LONG, SHORT, read
from tests.made_answers import Quoted, answered, possible
from tests.shown import broken_page, plain

URL = "https://example.org/2025/nato"
SHIFT = Quoted("{Ukraine gave the aim up.} Talks went on.", opening="As of 14 Dec 2025:", heading="The shift")
PUSH = Quoted("Before: {it insisted}.", title="The push", outlet=None, published="2024-12-03", estimated=True)
ITEMS = Quoted("- exports\n- {a ban on **liquefied** gas\n  from 2027}\n- visas", lead="The package includes:")
TABLE = Quoted(
    "| Country | Aid |\n|:---|---:|\n{| Germany | 5.6 |}\n| France | 2.2 |", heading="Table 3", lead="In bn euros"
)


def to_page(_: Citation) -> str:
    return URL


def to_file(cited: Citation) -> str:
    return f"{cited.file}:{cited.line_start}"


# In Discord


def test_discord_shows_the_day_the_quote_with_what_answers_in_bold_and_its_source() -> None:
    assert plain(rendering.answer, answered(SHIFT, PUSH), to_page) == [
        "As of 14 Dec 2025:\n"
        "> -# The shift\n"
        "> **Ukraine gave the aim up.** Talks went on.\n"
        f"-# [1] [Ukraine shifts stance](<{URL}>) · AP\n\n"
        "> Before: **it insisted**.\n"
        f"-# [2] [The push](<{URL}>) · 3 Dec 2024 (date estimated)\n\n"
        "-# Answered · searched 5 articles, the newest of 14 Dec 2025"
    ]


def test_discord_says_once_how_new_its_newest_source_is() -> None:
    assert (
        "-# Answered · as of 3 Dec 2024 (date estimated) · searched 5"
        in plain(rendering.answer, answered(PUSH), to_page)[0]
    )
    assert plain(rendering.answer, answered(SHIFT), to_page)[0].casefold().count("as of") == 1


def test_discord_says_in_words_that_it_is_not_sure() -> None:
    assert plain(rendering.answer, possible(PUSH), to_page) == [
        "🟡 **Not sure this answers it; the closest I have:**\n\n"
        "> Before: **it insisted**.\n"
        f"-# [1] [The push](<{URL}>) · 3 Dec 2024 (date estimated)\n\n"
        "-# Searched 5 articles, the newest of 14 Dec 2025"
    ]
    (message,) = plain(rendering.answer, possible(PUSH, message="Perhaps *this*:"), to_page)
    assert message.startswith("🟡 **Perhaps \\*this\\*:**\n\n> Before")


def test_what_may_not_answer_and_has_no_excerpts_shows_its_sources() -> None:
    (message,) = plain(rendering.answer, possible(PUSH, excerpts=()), to_page)
    assert message.startswith(
        f"🟡 **Not sure this answers it; the closest I have:**\n\n**Sources**\n-# [1] [The push](<{URL}>)"
    )


def test_list_items_and_table_rows_are_lines_under_what_leads_them() -> None:
    (message,) = plain(rendering.answer, answered(ITEMS, TABLE), to_file)
    assert message.startswith(
        "> -# The package includes:\n> • exports\n> • **a ban on liquefied gas from 2027**\n> • visas\n-# [1]"
    )
    assert (
        "\n\n> -# Table 3\n> -# In bn euros\n> Country \\| Aid\n> **Germany \\| 5.6**\n> France \\| 2.2\n-# [2]"
        in message
    )


def test_a_source_of_two_quotes_is_named_once_with_both_numbers() -> None:
    (message,) = plain(rendering.answer, answered(Quoted("{It did.}\nSo they say.\n{It will.}")), to_page)
    assert message.startswith(
        f"> **It did.** So they say. **It will.**\n-# [1] [[2]](<{URL}>) [Ukraine shifts stance](<{URL}>) · AP"
    )
    assert "\n[1] [2] Ukraine shifts stance · AP · 14 Dec 2025\n    001_82df.txt:9, 11\n" in shown(
        answered(Quoted("{It did.}\nSo they say.\n{It will.}"))
    )


def test_sources_that_stand_under_no_excerpt_are_listed() -> None:
    two = answered(SHIFT, PUSH)
    sides = Conflict((Side("32 *members*", (1,)), Side("30 members", (2,))))
    (message,) = plain(rendering.answer, replace(two, excerpts=two.excerpts[:1], conflicts=(sides,)), to_page)
    assert f"\n\n⚖️ Sources disagree: “32 members” [[1]](<{URL}>) but “30 members” [[2]](<{URL}>)\n\n" in message
    assert f"\n\n**Sources**\n-# [2] [The push](<{URL}>) · 3 Dec 2024" in message
    assert message.count("Ukraine shifts stance") == 1


def test_what_a_model_wrote_is_shown_as_statements_with_sources() -> None:
    written = (Statement("It did.", (1,), "As of 14 Dec 2025:"), Statement("It insisted.", (2, 1)))
    wrote = answered(SHIFT, PUSH, mode="generated", model="m", statements=written)
    (message,) = plain(rendering.answer, wrote, to_page)
    one, two = f"[[1]](<{URL}>)", f"[[2]](<{URL}>)"
    assert message.startswith(
        f"As of 14 Dec 2025: It did. {one}\n- It insisted. {two} {one}\n\n**Sources**\n-# [1] [Ukraine"
    )
    assert "Talks went on" not in message
    assert shown(wrote).startswith(
        "As of 14 Dec 2025: It did. [1]\n- It insisted. [2] [1]\n\n[1] Ukraine shifts stance"
    )


def test_marked_sentences_side_by_side_are_bold_in_one_go() -> None:
    (message,) = plain(rendering.answer, answered(Quoted("{One.} { Two. }{} Three")), to_page)
    assert message.startswith("> **One. Two.** Three\n")


def test_hard_wrapped_lines_are_one_paragraph_and_paragraphs_stay_apart() -> None:
    (message,) = plain(
        rendering.answer, answered(Quoted("# Head\n{It was\nwrapped.\n\nIt} was not.\r\n***\n1. one")), to_page
    )
    assert message.startswith("> Head\n> **It was wrapped.**\n> **It** was not.\n> 1\\. one\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{@everyone} <@1> *a* [x](https://evil.example)", "**@\u200beveryone** \\<@\u200b1\\> a x"),
        ("a {https://a.org/b}c", "a **<https://a.org/b>**c"),
        ("⦗x⦘ {**y** ** z}", "\\[x\\] **y z**"),
        ("{👩‍👩‍👧 🏳️‍🌈 می‌خواهم}", "**👩‍👩‍👧 🏳️‍🌈 می‌خواهم**"),
        ("x\u202e {\x1b[31mred} \u200b", "x **\\[31mred**"),
        ("{-# small\n> quote > all}", "**\\-\\# small quote \\> all**"),
        ("{see [the *plan*](https://a.org/x)} now", "**see the plan** now"),
    ],
)
def test_article_text_marks_and_formats_nothing_by_itself(text: str, line: str) -> None:
    assert f"> {line}\n" in plain(rendering.answer, answered(Quoted(text)), to_page)[0]


def test_an_excerpt_stays_with_its_source_where_an_answer_takes_several_messages() -> None:
    long = Quoted("{" + "Words and words of it. " * 40 + "}")
    messages = plain(rendering.answer, answered(long, long, long), to_page)
    assert len(messages) == 3
    for number, message in enumerate(messages, 1):
        assert message.startswith("> **Words")
        assert f"it.**\n-# [{number}] [Ukraine" in message


def test_an_excerpt_longer_than_a_message_stays_a_quote_and_bold() -> None:
    messages = plain(rendering.answer, answered(Quoted("{" + "Every word of it counts. " * 200 + "}")), to_page)
    assert len(messages) == 3
    for message in messages[:-1]:
        assert re.fullmatch(r"> \*\*Every[^*]*counts\.\*\*", message)


def test_what_looks_like_a_tag_over_the_edge_of_what_answers_leaves_nothing_bold() -> None:
    (message,) = plain(rendering.answer, answered(Quoted("{<[x](https://evil.example)}> Talks went on.")), to_page)
    assert message.startswith("> Talks went on.\n-# [1] ")


MARKED = st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=3)


@st.composite
def quoted(draw: st.DrawFn) -> Quoted:
    text = "".join(f"{before}{{{marked}}}" for before, marked in draw(MARKED)) + draw(LONG)
    above: dict[str, Any] = {"heading": draw(SHORT), "lead": draw(SHORT), "title": draw(SHORT), "outlet": draw(SHORT)}
    return Quoted(text, **above)


@settings(max_examples=40, deadline=None)
@given(st.lists(quoted(), max_size=3), st.sampled_from([answered, possible]), LINKS)
def test_an_answer_of_excerpts_arrives_whole_whatever_it_holds(
    parts: list[Quoted], make: Callable[..., Answer], link: Callable[[Citation], str]
) -> None:
    made = make(*parts)
    assert not [fault for page in rendering.answer(made, link) for fault in broken_page(page)]
    text = read(
        [re.sub(r"^> -# ", "> ", each, flags=re.MULTILINE) for each in plain(rendering.answer, made, link)]
    ).text
    assert all(f"[{each.number}]" in text for each in made.citations)
    for style in (PLAIN, ANSI):
        lines = terminal.answer(made, Bases(), style)
        assert not re.search(r"[\x00-\x09\x0b-\x1a\x1c-\x1f\u202e]|\x1b(?!\[(?:1|2|22|33|39)m)", lines)


# At a terminal


def shown(made: Answer, **options: Any) -> str:
    return terminal.answer(made, Bases(), **options)


def test_a_terminal_shows_the_answer_above_its_source() -> None:
    assert shown(answered(SHIFT, PUSH)) == (
        "As of 14 Dec 2025:\n"
        "› The shift\n"
        "**Ukraine gave the aim up.** Talks went on.\n"
        "[1] Ukraine shifts stance · AP · 14 Dec 2025\n"
        "    001_82df.txt:9\n\n"
        "Before: **it insisted**.\n"
        "[2] The push · 3 Dec 2024 (date estimated)\n"
        "    002_82df.txt:9\n\n"
        "Searched 5 articles, the newest of 14 Dec 2025."
    )


def test_a_terminal_sets_apart_what_may_not_answer() -> None:
    assert shown(possible(ITEMS)) == (
        "Not sure this answers it; the closest I have:\n\n"
        "> The package includes:\n"
        "> • exports\n"
        "> • **a ban on liquefied gas from 2027**\n"
        "> • visas\n"
        "[1] Ukraine shifts stance · AP · 14 Dec 2025\n"
        "    001_82df.txt:10\n\n"
        "Searched 5 articles, the newest of 14 Dec 2025."
    )


def test_what_answers_is_bold_where_a_terminal_can_show_it() -> None:
    lines = shown(answered(SHIFT), style=ANSI).split("\n")
    assert lines[:3] == [
        "\x1b[1mAs of 14 Dec 2025:\x1b[22m",
        "\x1b[2m› The shift\x1b[22m",
        "\x1b[1mUkraine gave the aim up.\x1b[22m Talks went on.",
    ]
    assert lines[3] == "\x1b[2m[1] Ukraine shifts stance · AP · 14 Dec 2025\x1b[22m"


@pytest.mark.parametrize("style", [PLAIN, ANSI])
def test_no_line_is_longer_than_the_terminal_and_bold_ends_with_its_line(
    style: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = shown(possible(Quoted("{" + "some words " * 40 + "} and more " * 10)), style=style).split("\n")
    quote = [line for line in lines if line.startswith("> ")]
    assert max(len(re.sub(r"\x1b\[\d+m", "", line)) for line in quote) <= 50
    assert quote and all(line.count("\x1b[1m") == line.count("\x1b[22m") for line in quote)
    assert " ".join(quote).count("**") == (2 if style is PLAIN else 0)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("output", "environment", "style"),
    [
        (_Terminal(), {}, ANSI),
        (_Terminal(), {"NO_COLOR": ""}, ANSI),
        (_Terminal(), {"NO_COLOR": "1"}, PLAIN),
        (_Terminal(), {"TERM": "dumb"}, PLAIN),
        (io.StringIO(), {}, PLAIN),
    ],
)
def test_bold_is_for_terminals_of_people_who_want_it(output: Any, environment: dict[str, str], style: Any) -> None:
    assert style_of(output, environment) is style
