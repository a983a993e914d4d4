"""Where a citation's link leads."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.links import Bases, address, best_link, digest, is_address, permalink
from retrieval.domain.citations import Citation

ALL = Bases("https://brief.example/read/", "https://git.example/blob/main/")
SOURCES = Bases(source_base_url=ALL.source_base_url)


def citation(quote: str = "He said so.", *, url: str | None = None, file: str = "a.txt", start: int = 0) -> Citation:
    """A citation of line 9 of an article by nobody; of more lines where the quote has them."""
    lines = 9, 9 + quote.count("\n")
    end = start + len(quote)
    return Citation(1, file, None, None, None, None, "unknown", False, quote, start, end, *lines, url, "k3y")


def fragment(quote: str, file: str = "a.html") -> str:
    """The words that the link of a quote names, decoded; a bar between the start and the end."""
    link = best_link(citation(quote, url="https://example.org/a", file=file), Bases())
    return unquote(link.removeprefix("https://example.org/a").removeprefix("#:~:text=").replace(",", "|"))


def test_the_article_at_its_words_is_the_best_link() -> None:
    assert best_link(citation(url="https://example.org/a"), ALL) == "https://example.org/a#:~:text=He%20said%20so"


def test_an_attachment_has_no_source_file_to_lead_to() -> None:
    assert best_link(citation(), SOURCES) == "https://git.example/blob/main/a.txt#L9"
    assert best_link(replace(citation(), on_disk=False), SOURCES) == "a.txt:9"


def test_without_its_address_the_reader_page_is() -> None:
    of = digest("He said so.")
    assert re.fullmatch("[0-9a-f]{12}", of)
    assert best_link(citation(start=5), ALL) == f"https://brief.example/read/a/k3y?at=5-16&of={of}#cited"
    assert permalink(citation(start=5), ALL.public_url) == best_link(citation(start=5), ALL)


def test_a_permalink_marks_eight_passages_of_its_article_and_no_more() -> None:
    several = [citation(start=50 * number) for number in range(20)]
    query = urlsplit(permalink(several[0], ALL.public_url, several)).query
    assert query.count("at=") == query.count("of=") == 8


@pytest.mark.parametrize(
    ("file", "end"),
    [
        ("a.txt", "a.txt#L9"),
        ("notes/ä (b).MD", "notes/%C3%A4%20%28b%29.MD#L9"),
        ("a.markdown", "a.markdown#L9"),
        ("a.txt.gz", "a.txt.gz"),
        ("a.html", "a.html"),
        ("a.pdf", "a.pdf"),
    ],
)
def test_without_a_reader_page_the_source_file_is_at_its_lines_where_they_are_its_own(file: str, end: str) -> None:
    assert best_link(citation(file=file), SOURCES) == f"https://git.example/blob/main/{end}"


def test_a_quote_of_several_lines_names_them_all() -> None:
    assert best_link(citation("a\nb\nc"), SOURCES) == "https://git.example/blob/main/a.txt#L9-L11"
    assert best_link(citation("a\nb\nc"), Bases()) == "a.txt:9-11"


def test_with_nothing_else_the_file_and_its_lines_are_named() -> None:
    assert best_link(citation(), Bases()) == "a.txt:9"
    assert not is_address("a.txt:9")
    assert not is_address("http.txt:9")
    assert is_address(best_link(citation(), SOURCES))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "javascript:alert(1)//https://example.org",
        "data:text/html,hello",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "https://",
        "https:///a",
        "https://?a",
        "https://:80/a",
        "https://nato.example@evil.example/",
        "https://evil.example\\@nato.example/",
        "https://exa mple.org/",
        "https://exa\u200bmple.org/",
        "https://exa\u202emple.org/",
        "https://example.org)[x](y",
        "https://example.org:port/",
    ],
)
def test_what_is_no_address_on_the_web_is_none(url: str) -> None:
    assert address(url) == ""
    assert best_link(citation(url=url), Bases()) == "a.txt:9"
    assert best_link(citation(), Bases(public_url=url)) == "a.txt:9"


@pytest.mark.parametrize(
    ("url", "fit"),
    [
        (" HTTPS://example.org/a ", "https://example.org/a"),
        ("https://example.org/a_(b) [c]", "https://example.org/a_%28b%29%20%5Bc%5D"),
        ("https://example.org/<\"\\>`{|}^'", "https://example.org/%3C%22%5C%3E%60%7B%7C%7D%5E%27"),
        (
            "https://example.org/a\r\nb\x00\u202e\u2028\ud800",
            "https://example.org/a%0D%0Ab%00%E2%80%AE%E2%80%A8%ED%A0%80",
        ),
        ("https://example.org/100%/%41", "https://example.org/100%25/%41"),
        ("https://пример.example/новости?q=ä&b=1", "https://пример.example/новости?q=ä&b=1"),
        ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("https://example.org?a=1", "https://example.org?a=1"),
    ],
)
def test_an_address_is_made_fit_for_a_masked_link(url: str, fit: str) -> None:
    assert address(url) == fit


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a#", "https://example.org/a#:~:text=He%20said%20so"),
        ("https://example.org/a#part-2", "https://example.org/a#part-2:~:text=He%20said%20so"),
        ("https://example.org/a#part:~:text=old&text=er", "https://example.org/a#part:~:text=He%20said%20so"),
        ("https://example.org/a:~:b", "https://example.org/a:~:b#:~:text=He%20said%20so"),
    ],
)
def test_a_section_stays_and_words_named_before_go(url: str, link: str) -> None:
    assert best_link(citation(url=url), Bases()) == link


@pytest.mark.parametrize("quote", ["", " … ", "***", "👍"])
def test_without_words_the_link_is_the_page(quote: str) -> None:
    assert best_link(citation(quote, url="https://example.org/a#b:~:text=old"), Bases()) == "https://example.org/a#b"


def test_a_word_too_long_for_a_link_is_left_out() -> None:
    assert fragment("w" * 801) == ""


def test_signs_of_the_syntax_are_encoded() -> None:
    link = best_link(citation("A well-known, 5% cut & no-one", url="https://example.org/a"), Bases())
    assert link.endswith("#:~:text=A%20well%2Dknown%2C%205%25%20cut%20%26%20no%2Done")


@pytest.mark.parametrize(
    ("quote", "named"),
    [
        ("“We won’t,” he said.", "We won’t,” he said"),
        ("– a\u0301 la\u0300 – (“encore”)", "a\u0301 la\u0300 – (“encore"),
        ("one two three four five six, seven " + "eight " * 20 + "– nine, ten, eleven twelve thirteen.", None),
        ("- one two three\n- four five six", "one two three|four five six"),
        ("Background\n\nIt has long been so.\n\nMore", "It has long been so"),
        ("It has long\r\nbeen quite so", "It has long|been quite so"),
        ("Wheat | 3 | 4 million tonnes", "4 million tonnes"),
        ("外交部星期二重申了这一立场。", "外交部星期二重申了这一立场"),
    ],
)
def test_a_quote_is_named_by_its_words(quote: str, named: str | None) -> None:
    long = "one two three four five six|nine, ten, eleven twelve thirteen"
    assert fragment(quote) == (named or long)


@pytest.mark.parametrize(
    ("quote", "named"),
    [
        ("## It *was* [so](https://a.example/b_(c)).", "It was so"),
        ("**It was so.", "It was so"),
        ("It was `so` then\\_now, R&amp;D [said][1].[^2]", "It was so then_now, R&D said"),
    ],
)
def test_markdown_is_named_as_the_page_shows_it(quote: str, named: str) -> None:
    assert fragment(quote, "a.md") == named


@given(
    quote=st.text(max_size=300),
    url=st.sampled_from(["https://example.org/a", None]),
    file=st.sampled_from(["a.txt", "b.md"]),
)
def test_every_link_is_one_word_that_a_masked_link_can_hold(quote: str, url: str | None, file: str) -> None:
    for bases in (ALL, SOURCES):
        link = best_link(citation(quote, url=url, file=file), bases)
        assert is_address(link)
        assert len(link) < 1_000
        assert not re.search(r"[\s()\[\]<>\"\\]", link)
        link.encode("ascii")


@given(
    st.lists(
        st.sampled_from("plan, peace Kyiv’s NATO-led “guarantee” – 20% déjà (so) and&or".split()),
        min_size=4,
        max_size=80,
    )
)
def test_only_whole_words_of_the_quote_are_named_in_their_order(words: list[str]) -> None:
    quote = " ".join(words)
    place = 0
    for part in fragment(quote).split("|"):
        place = quote.index(part, place) + len(part) if part else place
        around = quote[place - len(part) - 1 : place - len(part)] + quote[place : place + 1]
        assert not any(each.isalnum() for each in around)
    assert place > 0 or not any(each.isalnum() for each in quote)


@given(st.text(max_size=60))
def test_an_address_once_fit_stays_as_it_is(rest: str) -> None:
    fit = address("https://example.org/" + rest)
    assert address(fit) == fit
    assert urlsplit(fit).hostname == "example.org"


@given(st.text(min_size=100, max_size=2_000))
def test_links_stay_short_whatever_is_quoted(quote: str) -> None:
    assert len(best_link(citation(quote, url="https://example.org/a"), Bases())) < 850


def test_links_of_long_sentences_are_shorter_than_300() -> None:
    quote = "The announcement indicates a potential pathway towards peace talks, " * 20
    assert len(best_link(citation(quote, url="https://news.example.org/2025/12/14/peace-talks.html"), Bases())) < 300
