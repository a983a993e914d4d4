"""An article from the web goes by its address: one address however it is written, legible, each audience its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ingestion.web_articles import is_on_disk, name_of, place_of, place_of_file

PLAIN = "https://harbour.example/news/bridge?id=7"


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://Harbour.Example/news/bridge?id=7",
        "https://harbour.example:443/news/bridge?id=7#comments",
        "https://harbour.example./news/bridge?id=7",
        "https://harbour.example/news/bridge?utm_source=feed&id=7&utm_medium=rss&fbclid=Iw",
        "https://harbour.example/news/bridge?at_medium=RSS&id=7&at_campaign=KARANGA",
        "https://harbour.example/news/bridge?id=7&partner=rss&emc=rss",
        " https://harbour.example/news/bridge?id=7 ",
    ],
)
def test_one_article_has_one_place_however_its_address_is_written(url: str) -> None:
    assert place_of(url) == place_of(PLAIN) == PLAIN


@pytest.mark.parametrize(
    "url",
    [
        "https://harbour.example/news/bridge?id=8",
        "https://harbour.example/news/Bridge?id=7",
        "https://harbour.example:8443/news/bridge?id=7",
        "https://harbour.example/news/bridge?id=7&page=2",
        "https://other.example/news/bridge?id=7",
    ],
)
def test_different_articles_have_different_places(url: str) -> None:
    assert place_of(url) != PLAIN


def test_each_audience_has_a_place_of_its_own() -> None:
    assert len({place_of(PLAIN), place_of(PLAIN, "1"), place_of(PLAIN, "2")}) == 3
    assert len({place_of_file(b"a"), place_of_file(b"a", "1"), place_of_file(b"b")}) == 3
    assert place_of_file(b"a") == place_of_file(b"a")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.harbour.example/news/bridge/", "harbour.example/news/bridge"),
        ("https://harbour.example", "harbour.example"),
        ("https://harbour.example/caf%C3%A9%20au%20lait", "harbour.example/café au lait"),
        ("https://harbour.example/a%0Ab", "harbour.example/a%0Ab"),
        ("https://harbour.example/a%E2%80%AEb", "harbour.example/a%E2%80%AEb"),
        ("https://harbour.example/a%FFb", "harbour.example/a%FFb"),
        ("https://harbour.example/view?id=7&utm_source=x", "harbour.example/view?id=7"),
        ("https://[::1]:8080/a", "[::1]:8080/a"),
    ],
)
def test_a_name_is_what_people_call_the_page(url: str, name: str) -> None:
    assert name_of(url) == name


def test_a_long_name_keeps_the_end_that_tells_it_from_others() -> None:
    name = name_of("https://harbour.example/" + "section/" * 40 + "old-bridge-closes?session=" + "0" * 200)
    assert len(name) <= 150
    assert name.startswith("harbour.example/section/")
    assert "old-bridge-closes?session=000" in name


@given(st.text(max_size=80), st.sampled_from(["", "1"]))
def test_whatever_an_address_is_it_has_a_place_off_the_disk_and_a_name_that_can_be_stored(
    tail: str, scope: str
) -> None:
    for url in (f"https://harbour.example/{tail}", f"http://{tail}", tail):
        assert not is_on_disk(place_of(url, scope))
        assert len(name_of(url)) <= 200
        place_of(url, scope).encode()
        name_of(url).encode()
