"""Messages with answers, sources and articles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.presentation.discord import rendering
from bot.presentation.discord.layouts import Card, Tone
from bot.presentation.discord.markdown import shorten
from retrieval.domain.answers import Answer, Conflict, Side, Standing, Statement, Verdict
from retrieval.domain.articles import Article, Closest, Metadata, Searched
from retrieval.domain.citations import Citation, QuoteInContext
from tests.shown import broken_page, made_buttons, plain, words

URL = "https://example.org/2025/nato"


def citation(number: int = 1, **changes: Any) -> Citation:
    known = Citation(
        number=number,
        file=f"00{number}_82df.txt",
        title="Ukraine shifts stance",
        outlet="AP",
        author="Jordan Hayes",
        published="2025-12-14",
        published_basis="manifest",
        published_estimated=False,
        quote="Ukraine gave it up.",
        start=10,
        end=29,
        line_start=9,
        line_end=9,
        url=None,
        key="k",
    )
    return replace(known, **changes)


def _answer(standing: Standing, score: float, **parts: Any) -> Answer:
    return Answer(question="Does it?", standing=standing, score=score, searched=Searched(5, "2025-12-14"), **parts)


def answered(text: str, *citations: Citation, **changes: Any) -> Answer:
    """An answer of one statement, which all citations bear."""
    statement = Statement(text, tuple(each.number for each in citations))
    return replace(_answer("answered", 0.8, statements=(statement,), citations=citations), **changes)


def refused(**changes: Any) -> Answer:
    text = "Not in the articles: I searched the 5 articles, the newest of 14 December 2025."
    return replace(_answer("nothing", 0.1, message=text, reason="not_found"), **changes)


def listed(number: int = 1, **changes: Any) -> Article:
    known = Metadata(title=f"Title {number}", outlet="AP", author="Jordan Hayes", published="2025-12-14")
    return Article(number, f"{number}.txt", replace(known, **changes), number, f"k{number}")


SIDES = Conflict((Side("12", (1,)), Side("15", (1,))))


REFUSED = refused()


def to_page(_: Citation) -> str:
    return URL


def to_file(cited: Citation) -> str:
    return f"{cited.file}:{cited.line_start}"


# How an answer looks


def test_an_answer_shows_linked_numbers_its_sources_and_what_was_searched() -> None:
    given = answered("Ukraine gave it up.", citation(), searched=Searched(5, "2025-12-20"))
    assert plain(rendering.answer, given, to_page) == [
        f"Ukraine gave it up. [[1]](<{URL}>)\n\n"
        "**Sources**\n"
        f"-# [1] [Ukraine shifts stance](<{URL}>) · AP · Jordan Hayes · 14 Dec 2025\n\n"
        "-# Answered · as of 14 Dec 2025 · searched 5 articles, the newest of 20 Dec 2025"
    ]


def test_without_an_address_the_file_and_its_lines_are_named() -> None:
    (message,) = plain(rendering.answer, answered("It did.", citation(line_start=9)), lambda _: "001_82df.txt:9-11")
    assert message.startswith("It did. [1]\n\n")
    assert "\n-# [1] Ukraine shifts stance · AP · Jordan Hayes · 14 Dec 2025 · `001_82df.txt:9-11`\n" in message


@pytest.mark.parametrize("title", [None, "", " \u200b\u202e ", "\u3164"])
def test_a_source_without_a_title_is_called_by_its_file(title: str | None) -> None:
    given = answered("It did.", citation(title=title, outlet=None, author=None))
    assert f"\n-# [1] [001\\_82df.txt](<{URL}>) · 14 Dec 2025\n" in plain(rendering.answer, given, to_page)[0]
    assert "\n-# [1] `001_82df.txt:9` · 14 Dec 2025\n" in plain(rendering.answer, given, to_file)[0]


@pytest.mark.parametrize(
    ("published", "estimated", "said"),
    [("2025-12-04T10:00:00+00:00", False, "4 Dec 2025"), ("2025-12-04", True, "4 Dec 2025 (date estimated)")],
)
def test_the_answer_is_as_old_as_its_newest_source(published: str, estimated: bool, said: str) -> None:
    known = citation(1, published=published, published_estimated=estimated)
    (message,) = plain(rendering.answer, answered("It did.", known, citation(2, published="2024-01-01")), to_page)
    assert f"Jordan Hayes · {said}\n" in message
    assert f"-# Answered · as of {said} · searched 5 articles" in message


def test_a_source_without_a_date_is_undated() -> None:
    (message,) = plain(rendering.answer, answered("It did.", citation(published=None)), to_page)
    assert message.endswith("Jordan Hayes · undated\n\n-# Answered · searched 5 articles, the newest of 14 Dec 2025")


def test_what_was_understood_is_shown_where_it_is_not_what_was_asked() -> None:
    given = answered("It did.", citation(), question="Did Germany *gain*?")
    assert (
        "\n-# Understood as: Did Germany \\*gain\\*? · Answered"
        in plain(rendering.answer, given, to_page, "And Germany?")[0]
    )
    assert "Understood" not in plain(rendering.answer, given, to_page, "did  germany *gain*?")[0]
    assert "Understood" not in plain(rendering.answer, given, to_page)[0]


def test_a_number_that_cites_nothing_stays_text() -> None:
    (message,) = plain(rendering.answer, answered("So it says [7].", citation()), to_page)
    assert message.startswith(f"So it says \\[7\\]. [[1]](<{URL}>)")


@pytest.mark.parametrize(
    ("address", "button"), [(URL, URL), (f"{URL}/{'x' * 600}", None), (f"{URL}?q=é#a b", f"{URL}?q=%C3%A9#a%20b")]
)
def test_a_source_opens_by_a_button_or_where_its_address_is_too_long_by_its_title(
    address: str, button: str | None
) -> None:
    (page,) = rendering.answer(answered("It did.", citation()), lambda _: address)
    assert [(each["url"], each["label"]) for each in made_buttons(page, links=True)] == [(button, "Source 1")] * bool(
        button
    )
    assert ("[Ukraine shifts stance](<" in words(page)) == (button is None)
    assert broken_page(page) == []


def test_of_many_sources_six_have_a_button_and_all_a_link() -> None:
    many = [citation(number) for number in range(1, 21)]
    (page,) = rendering.answer(answered("So it is.", *many), lambda cited: f"{URL}/{cited.number}")
    opened = [each["url"] for each in made_buttons(page, links=True)]
    assert opened == [f"{URL}/{number}" for number in range(1, 7)]
    assert all(f"[Ukraine shifts stance](<{URL}/{number}>)" in words(page) for number in range(7, 21))
    assert broken_page(page) == []


@pytest.mark.parametrize(
    ("made", "tone", "said"),
    [
        (answered("It did.", citation()), Tone.ANSWERED, "-# Answered"),
        (answered("It did.", citation(), standing="possible"), Tone.POSSIBLE, "Not sure this answers it"),
        (REFUSED, Tone.NOTHING, "Not in the articles"),
        (answered("It did.", citation(), age=400), Tone.OLD, "**Old news**: the newest of these sources came out 400"),
        (answered("It did.", citation(), conflicts=(SIDES,)), Tone.DISPUTED, "Sources disagree: “12” "),
    ],
)
def test_what_a_colour_says_is_said_in_words(made: Answer, tone: Tone, said: str) -> None:
    (page,) = rendering.answer(made, to_page)
    assert isinstance(page, Card)
    assert page.tone is tone
    assert said in words(page)
    assert said in "".join(plain(rendering.answer, made, to_page))


def test_an_address_too_long_for_a_message_gives_way_to_the_file() -> None:
    (message,) = plain(rendering.answer, answered("It did.", citation()), lambda _: f"{URL}/{'x' * 1500}")
    assert message.startswith("It did. [1]\n")
    assert message.count("`001_82df.txt:9`") == 1


def test_a_refusal_looks_like_none_of_the_answers() -> None:
    closest = (Closest("a.txt", "A plan", "2025-12-14"), Closest("b_c.txt", None, None))
    assert plain(rendering.answer, refused(closest=closest, question="Does Ukraine?"), to_page, "Does it?") == [
        "🔍 Not in the articles: I searched 5 articles, the newest of 14 Dec 2025.\n\n"
        "**Came closest**\n"
        "- A plan · 14 Dec 2025\n"
        "- b\\_c.txt · undated\n\n"
        "-# Understood as: Does Ukraine?"
    ]


def test_a_refusal_says_once_what_was_searched() -> None:
    given = refused(message="The question can be read in two ways.", reason="ambiguous")
    assert plain(rendering.answer, given, to_page) == [
        "🔍 The question can be read in two ways.\n\n-# Searched 5 articles, the newest of 14 Dec 2025"
    ]
    assert "-#" not in plain(rendering.answer, refused(), to_page)[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* _b_ ~~c~~ `d` ||e||", r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|"),
        ("# Head\n> quote\n- item\n-# small\n1. one", "\\# Head\n\\> quote\n\\- item\n\\-\\# small\n1\\. one"),
        ("In 2025. A - b + 1.5 -2", "In 2025. A - b + 1.5 -2"),
        (
            "@everyone @Here <@1> <@!2> <@&3>",
            "@\u200beveryone @\u200bHere \\<@\u200b1\\> \\<@\u200b!2\\> \\<@\u200b&3\\>",
        ),
        ("<#4> <:x:5> <t:6:R> </ask:7>", r"\<\#4\> \<\:x:5\> \<t\:6:R\> \</ask:7\>"),
        ("me@example.org at 10:30", "me@example.org at 10:30"),
        ("[here](https://evil.example/)", r"\[here\]\(<https://evil.example/>\)"),
        ("(see https://a.org/b_(c)_d.)", r"\(see <https://a.org/b_(c)_d>.\)"),
        ("https://a.org/@everyone|**x", "<https://a.org/%40everyone%7C%2A%2Ax>"),
        ("http://[::1]/ xhttps://a_b", r"http\://\[::1\]/ xhttps\://a\_b"),
        ("a\\b ¯\\_(ツ)_/¯", "a\\\\b ¯\\\\\\_\\(ツ\\)\\_/¯"),
        ("a\u202eb\u200bc\x07d\ue000\ufeff", "abcd"),
        ("👩‍👩‍👧 🏳️‍🌈 می‌خواهم a\u200db", "👩‍👩‍👧 🏳️‍🌈 می‌خواهم ab"),
        ("one\r\ntwo\u2028three\n\n\n\nfour", "one\ntwo\nthree\n\nfour"),
    ],
)
def test_article_text_is_shown_as_it_is(text: str, shown: str) -> None:
    (message,) = plain(rendering.answer, answered(text, citation()), to_page)
    assert message.partition(f" [[1]](<{URL}>)\n\n")[0] == shown


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("[LIVE] War", r"\(LIVE\) War"),
        ("https://evil.example/x", "evil.example/x"),
        ("httphttps://s://x", "x"),
        ("https://", "link"),
        ("a](https://evil.example)", r"a\)\(evil.example\)"),
    ],
)
def test_a_label_never_keeps_discord_from_hiding_the_address(title: str, label: str) -> None:
    assert f"[{label}](<{URL}>)" in plain(rendering.answer, answered("It did.", citation(title=title)), to_page)[0]


def test_an_address_never_ends_its_link_early() -> None:
    (message,) = plain(
        rendering.answer, answered("It did.", citation()), lambda _: "https://a.org/b_(c) <d>[e]\\f*@everyone"
    )
    assert "[[1]](<https://a.org/b_%28c%29%20%3Cd%3E%5Be%5D%5Cf%2A%40everyone>)" in message


def test_titles_of_any_length_are_shortened_between_words() -> None:
    (message,) = plain(rendering.answer, answered("It did.", citation(title="A very long title " * 90)), to_page)
    assert re.search(r"\[A very long title [\w ]{80,}…\]\(", message)


@pytest.mark.parametrize("letter", ["क्षि", "กำ", "각", "👩‍👩‍👧", "🇺🇦", "👍🏽", "e\u0301\u0327"])
def test_no_text_is_cut_inside_of_a_letter_or_a_picture(letter: str) -> None:
    for limit in range(20, 40):
        kept = shorten("x" * 9 + letter * 40, limit).removesuffix("…").removeprefix("x" * 9)
        assert kept == letter * (len(kept) // len(letter))
        assert kept


# Sources, more, verdicts


def test_a_quote_is_shown_in_its_paragraph() -> None:
    given = answered("It did.", citation(), citation(2))
    shown = [QuoteInContext("First this.\n", "Then *that*\nhappened.", " And more."), None]
    assert plain(rendering.excerpts, given, shown, to_page) == [
        f"-# [1] [Ukraine shifts stance](<{URL}>) · AP · Jordan Hayes · 14 Dec 2025\n"
        "> First this.\n> **Then \\*that\\*\n> happened.** And more.\n\n"
        f"-# [2] [Ukraine shifts stance](<{URL}>) · AP · Jordan Hayes · 14 Dec 2025\n"
        "-# The article has changed or was removed since this answer."
    ]


def test_what_stands_far_from_the_quote_is_left_out() -> None:
    shown = QuoteInContext("Far away. " * 100 + "Near ", "the quote", ", near. " + "Far away. " * 100)
    (message,) = plain(rendering.excerpts, answered("It did.", citation()), [shown], to_page)
    assert re.search(r"> …[\w. ]{250,300}Near \*\*the quote\*\*, near\.[\w. ]{250,300}…$", message)


def test_a_quote_longer_than_a_message_stays_bold_and_a_quote() -> None:
    quote = "Every word of it counts. " * 200
    messages = plain(rendering.excerpts, answered("It did.", citation()), [QuoteInContext("", quote, "")], to_page)
    assert len(messages) == 3
    for message in messages:
        assert re.fullmatch(r"> \*\*Every[^*]*counts\.\*\*", message.split("\n")[-1])


def test_an_answer_without_sources_says_so() -> None:
    assert plain(rendering.excerpts, refused(), [], to_page) == ["This answer has no sources."]


def test_more_passages_are_shown_word_for_word() -> None:
    hits = [citation(1, quote="One.\n\nTwo."), citation(2, quote="# Three")]
    assert plain(rendering.passages, hits, to_file) == [
        "-# [1] Ukraine shifts stance · AP · Jordan Hayes · 14 Dec 2025 · `001_82df.txt:9`\n> One.\n> Two.\n\n"
        "-# [2] Ukraine shifts stance · AP · Jordan Hayes · 14 Dec 2025 · `002_82df.txt:9`\n> \\# Three"
    ]
    assert plain(rendering.passages, [], to_page) == ["Nothing more was found."]


def test_verdicts_show_the_claim_and_the_quotes() -> None:
    found = [
        Verdict("It *gave* it up.", "supported", 0.9, (citation(),)),
        Verdict("It rains.", "unsupported", 0.1),
        Verdict("It did not.", "contradicted", 0.2, (citation(),)),
        Verdict("Half of it.", "partly", 0.5),
    ]
    evidence = f"> “Ukraine gave it up.”\n-# [1] [Ukraine shifts stance](<{URL}>) · AP · Jordan Hayes · 14 Dec 2025"
    assert plain(rendering.verdicts, found, to_page, 4) == [
        f"✅ **Supported**: “It \\*gave\\* it up.”\n{evidence}\n\n"
        "⚪ **Nothing found in the articles**: “It rains.”\n\n"
        f"❌ **Contradicted**: “It did not.”\n{evidence}\n\n"
        "🟡 **Related: read the quotes**: “Half of it.”\n\n"
        "-# Judged by similarity of words and meaning to the articles, not by a person: read the quotes."
    ]


def test_where_not_all_claims_were_checked_that_is_said() -> None:
    (message,) = plain(rendering.verdicts, [Verdict("It rains.", "unsupported", 0.1)] * 10, to_page, 15)
    assert "\n-# Checked the first 10 of 15 sentences. Judged by" in message


def test_a_message_without_a_claim_says_so() -> None:
    assert plain(rendering.verdicts, [], to_page, 0) == ["There is no claim to check in this message."]


# Articles


def test_a_page_of_articles_says_which_they_are() -> None:
    assert rendering.articles([listed(11), listed(12, published=None)], 11, 57) == (
        "**Articles 11–12 of 57**\n11. Title 11 · AP · 14 Dec 2025\n12. Title 12 · AP · undated"
    )
    assert rendering.articles([listed()], 1, 1).startswith("**1 article**\n1. Title 1")
    assert rendering.articles([], 1, 0) == "No articles."
    assert rendering.articles([], 61, 57) == "No more articles: there are 57."


def test_a_page_of_long_titles_is_one_message_with_every_article() -> None:
    page = rendering.articles([listed(number, title="*Long* " * 50, outlet="_" * 90) for number in range(1, 26)], 1, 25)
    assert len(page) <= 2000
    assert all(f"\n{number}. " in page for number in range(1, 26))


def test_an_article_is_introduced_and_can_be_read_on() -> None:
    shown = listed(tags=("nato", "peace_talks"), published_estimated=True)
    assert plain(rendering.article, shown, "Title\n\n" + "It began. " * 600, URL)[0].split("\n") == [
        "## Title 1",
        "AP · Jordan Hayes · 14 Dec 2025 (date estimated)",
        "> Title",
        f"> {'It began. ' * 99}It…",
        "-# 1,201 words, about 5 minutes to read · tags: nato, peace\\_talks · `1.txt`",
        f"[Read on](<{URL}>)",
    ]


@pytest.mark.parametrize("link", [None, "1.txt:1"])
def test_an_article_without_an_address_has_no_link(link: str | None) -> None:
    (message,) = plain(rendering.article, listed(), "Short.", link)
    assert message.endswith("\n> Short.\n-# 1 word, about 1 minute to read · `1.txt`")


# Names


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Does Ukraine still want to join NATO?", "Does Ukraine still want to join NATO?"),
        ("<@123> **What** did\n`France` say_so?", "What did France say so?"),
        ("## - @everyone #1 in C#", "everyone 1 in C#"),
        ("", "Question"),
        ("<@!123> \u200b**\u2800", "Question"),
        ("word " * 40, "word " * 19 + "word…"),
        ("語" * 200, "語" * 99 + "…"),
        ("👩‍👩‍👧" * 50, "👩‍👩‍👧" * 12 + "…"),
    ],
)
def test_a_thread_is_named_by_its_question(question: str, name: str) -> None:
    assert rendering.thread_name(question) == name


@pytest.mark.parametrize(
    ("name", "shown"), [("A_B *c*", "A_B *c*"), ("", "?"), ("\u200b", "?"), ("x" * 101, "x" * 99 + "…")]
)
def test_a_choice_is_named_as_it_is(name: str, shown: str) -> None:
    assert rendering.choice(name) == shown


# Splitting


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("One sentence here. Another of words that go on.", ["One sentence here.", "Another of words that go on."]),
        ("A line of some words\nanother one. It goes on", ["A line of some words", "another one. It goes on"]),
        (
            "A line, words.\n\nA paragraph of\nlines. It goes on",
            ["A line, words.", "A paragraph of\nlines. It goes on"],
        ),
        ("Said so it was here. [1] And it went on for long", ["Said so it was here. [1]", "And it went on for long"]),
        ("> a quote that is too long for one of them all", ["> a quote that is too long for one of", "> them all"]),
        ("-# small print too long for one of them all", ["-# small print too long for one of them", "-# all"]),
        (
            "a **bold run of words too long for one of them**",
            ["a **bold run of words too long for one**", "**of them**"],
        ),
        ("words that come just before one big dash - is", ["words that come just before one big dash", "\\- is"]),
        ("words that come just before one number 55. is", ["words that come just before one number", "55\\. is"]),
        ("x" * 90, ["x" * 40, "x" * 40, "x" * 10]),
        ("e\u0301" * 50, ["e\u0301" * 20, "e\u0301" * 20, "e\u0301" * 10]),
        ("x" + "🇺🇦" * 12, ["x" + "🇺🇦" * 9, "🇺🇦" * 3]),
        ("  \n ", []),
    ],
)
def test_text_is_cut_at_the_best_place_there_is(text: str, messages: list[str]) -> None:
    assert rendering.split(text, 40) == messages


def test_an_address_or_a_link_is_never_cut() -> None:
    for whole in (
        f"[[1]](<{URL}{'x' * 1000}>)",
        f"<{URL}{'x' * 1500}>",
        f"{URL}{'x' * 1500}",
        "\\*",
        "\\_",
        "\\[12\\]",
        "@\u200beveryone",
    ):
        for before in range(1940, 2003):
            messages = rendering.split("y" * before + whole + " the end")
            assert sum(whole in message for message in messages) == 1
