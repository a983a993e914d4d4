"""Which links a message has: as people write them, and as they paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.links import addresses, is_upload

A, B = "https://a.example/one", "https://b.example/two?x=1"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nothing here, nor at ftp://a.example or javascript:alert(1)", []),
        (f"see {A}, {B}.", [A, B]),
        (f"<{A}> and <{B}>", [A, B]),
        (f"[a label]({A}) [another](<{B}>)", [A, B]),
        (f'[a label]({A} "a title") ({B})', [A, B]),
        (f"**{A}** ||{B}|| `{A}` __{B}__", [A, B]),
        (f"“{A}” „{B}“ «{A}»…", [A, B]),
        (f"Is it {A}? No: {B}!", [A, B]),
        (f"{A},{B};{A}", [A, B]),
        (f"{A}#part {A}#other {A}", [f"{A}#part"]),
        ("https://en.wiki.example/Rust_(metal).", ["https://en.wiki.example/Rust_(metal)"]),
        ("(https://en.wiki.example/Rust_(metal))", ["https://en.wiki.example/Rust_(metal)"]),
        ("https://a.example/?ids[]=1&ids[]=2]", ["https://a.example/?ids[]=1&ids[]=2"]),
        ("http://[::1]/x", ["http://[::1]/x"]),
        (f"https://web.archive.example/2020/{A}", [f"https://web.archive.example/2020/{A}"]),
        ("HTTPS://A.example/X", ["HTTPS://A.example/X"]),
        ("https://пример.example/путь，", ["https://пример.example/путь"]),
        ("https:// http://. <https://>", []),
    ],
)
def test_the_links_of_a_message_are_found_without_what_stands_around_them(text: str, found: list[str]) -> None:
    assert addresses([text]) == found


def test_a_link_in_two_texts_is_found_once() -> None:
    assert addresses([A, f"{B} {A}"]) == [A, B]


@given(
    st.lists(st.sampled_from(["https://", "a", "(", ")", "[", "]", "<", ">", ".", ",", " ", "|", "*"]), max_size=300)
)
def test_no_message_takes_long_or_gives_a_link_with_a_blank_or_an_angle_in_it(parts: list[str]) -> None:
    for found in addresses(["".join(parts)]):
        assert found.startswith("https://")
        assert not set(found) & set(" <>")


def test_links_to_files_on_discord_are_told_from_others() -> None:
    assert is_upload("https://cdn.discordapp.com/attachments/1/2/a.pdf?ex=1")
    assert is_upload("HTTPS://media.discordapp.net/attachments/1/2/a.png")
    assert not is_upload("https://cdn.discordapp.com.example/attachments/1/2/a.pdf")
    assert not is_upload("https://discord.com/blog/news")
