"""Front matter wins over the manifest, and both over the text; every field says where it was read."""

import datetime

import pytest

from retrieval.domain.articles import Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import parse_manifest
from retrieval.ingestion.reading import read
from tests.ingestion.samples import ARTICLE, FIRST, NASTY, SECOND, read_text, texts

FRONT = """---
title: "From the front"
url: https://harbour.example/a
published: 2024-12-03T09:30:00+01:00
tags: [bridges, ferries]
unknown: {a: b}
---
"""


def known(text: str, given: dict[str, object] | None = None) -> Metadata:
    return read(text.encode(), "a.txt", given).metadata


def test_the_better_source_wins_field_by_field() -> None:
    given = {"title": "From the manifest", "author": "Jane Roe", "published": datetime.date(2020, 1, 1)}
    found = known(FRONT + ARTICLE, given)
    assert (found.title, found.author, found.published) == ("From the front", "Jane Roe", "2024-12-03T09:30:00+01:00")
    assert found.tags == ("bridges", "ferries")
    assert found.basis == {
        "title": "front_matter",
        "author": "manifest",
        "url": "front_matter",
        "published": "front_matter",
        "tags": "front_matter",
    }


TOML = """+++

title = "From the front"
authors = ["Jane Roe", "John Doe"]
date = 2024-12-03T09:30:00+01:00
tags = ["bridges"]
[params]
draft = false
+++
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_in_toml_is_read_as_hugo_writes_it(newline: str) -> None:
    document = read((TOML + ARTICLE).replace("\n", newline).encode(), "a.md")
    found = document.metadata
    assert (found.title, found.author, found.tags) == ("From the front", "Jane Roe, John Doe", ("bridges",))
    assert (found.published, found.basis["published"]) == ("2024-12-03T09:30:00+01:00", "front_matter")
    assert texts(document) == ["Council Closes Old Bridge", FIRST, SECOND]


@pytest.mark.parametrize("day", ['date = "2024-12-03"', "date = 2024-12-03", "date = '2024-12-03'\nbroken = [a"])
def test_a_day_in_toml_is_a_day_however_it_is_written(day: str) -> None:
    assert known(f"+++\n{day}\n+++\n{ARTICLE}").published == "2024-12-03"


@pytest.mark.parametrize("top", ["+++\n", "+++ Breaking +++\n", "+++\nThe council met.\n+++\n", "+++\ntitle = 'x'\n"])
def test_plus_signs_at_the_top_are_no_front_matter(top: str) -> None:
    assert FIRST in texts(read_text(top + ARTICLE))


@pytest.mark.parametrize(
    "author",
    [
        "author: Jane Roe",
        "authors: Jane Roe",
        "authors:\n- Jane Roe",
        "author:\n  name: Jane Roe\n  bio: A reporter",
        "author:\nauthors:\n- name: Jane Roe",
    ],
)
def test_the_author_goes_by_the_names_that_blogs_give(author: str) -> None:
    assert known(f"---\n{author}\ndate: 2024-12-03\n---\n{ARTICLE}").author == "Jane Roe"


def test_front_matter_is_in_the_text_but_in_no_block() -> None:
    document = read_text(FRONT + ARTICLE)
    assert document.text == FRONT + ARTICLE
    assert texts(document) == ["Council Closes Old Bridge", FIRST, SECOND]


@pytest.mark.parametrize(
    "broken",
    [
        "title: [open",
        "title: Port: talks resume",
        "title: {a: b}",
        "tags: [[a], b]",
        "title: " + "[" * 20_000,
        "title: !!python/object/apply:os.system [id]",
        'author: "Jane" Roe',
    ],
)
def test_a_broken_value_costs_that_value_alone(broken: str) -> None:
    found = known(f"---\n{broken}\ndate: 2024-12-03\noutlet: Harbour Post\n---\n{ARTICLE}")
    assert (found.published, found.outlet) == ("2024-12-03", "Harbour Post")


@pytest.mark.parametrize(
    ("front", "day"),
    [
        ("Date: 2024-12-03", "2024-12-03"),
        ("pubdate: 3 December 2024", "2024-12-03"),
        ("created: 3. Dezember 2024", "2024-12-03"),
        ("created: 2024-01-01\ndate: 2024-12-03", "2024-12-03"),
        ("published: false\ndate: 2024-12-03", "2024-12-03"),
        ("updated: 2024-12-09", None),
    ],
)
def test_the_day_goes_by_the_names_that_blogs_give_it(front: str, day: str | None) -> None:
    assert known(f"---\n{front}\n---\n{ARTICLE}").published == day


@pytest.mark.parametrize(
    "name",
    [
        "2016-04-11-talks.md",
        "2016-04-11_talks.markdown",
        "20160411-talks.txt",
        "talks-2016-04-11.txt",
        "harbour20160411a.txt",
        "2016-04-11-talks-of-2016-04-08.txt",
    ],
)
def test_a_file_named_by_its_day_is_of_that_day(name: str) -> None:
    assert read(ARTICLE.encode(), name).metadata.published == "2016-04-11"


@pytest.mark.parametrize("name", ["talks-2016-04-08-to-2016-04-11.txt", "no-1020160411.txt", "talks-20161341.txt"])
def test_a_number_or_several_days_in_a_file_name_date_nothing(name: str) -> None:
    assert read(ARTICLE.encode(), name).metadata.published is None


def test_front_matter_wins_over_the_name_of_the_file() -> None:
    found = read(f"---\ndate: 2016-04-09\n---\n{ARTICLE}".encode(), "2016-04-11-talks.md").metadata
    assert found.published == "2016-04-09"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_front_matter_is_found_whatever_ends_its_lines(newline: str) -> None:
    document = read(b"\xef\xbb\xbf" + (FRONT + ARTICLE).replace("\n", newline).encode(), "a.md")
    assert document.metadata.title == "From the front"
    assert texts(document)[1:] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("---\ntitle: x\nauthor: y\n", "never closed"),
        ("---\n- a\n- b\n---\n", "not a mapping"),
        ("---\nword\n---\n", "not a mapping"),
        ("---\na: &a [x, x]\ntitle: *a\n---\n", "aliases"),
        ("---\na: &a {k: v}\nb: &b {<<: [*a, *a]}\n---\n", "aliases"),
    ],
)
def test_front_matter_gone_wrong_is_named(front: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=f"^front matter: .*{reason}"):
        read_text(front + ARTICLE)


def test_the_date_of_a_blog_post_is_its_day_of_publication() -> None:
    known = read_text("---\ntitle: Streit\ndate: '2015-02-17T13:36:05+01:00'\n---\nText.\n").metadata
    assert known.published == "2015-02-17T13:36:05+01:00"
    known = read_text("---\ndate: 2015-02-17\npublished: 2016-01-02\n---\nText.\n").metadata
    assert known.published == "2016-01-02"
    known = read_text("---\ntitle: Streit\ndate:\n  day: 3\n---\nText.\n").metadata
    assert known.published is None


@pytest.mark.parametrize(
    "top", ["---\n\n", "---\nThe council met on Tuesday evening.\n---\n", "----\n", "--- \n\n---\n"]
)
def test_a_rule_at_the_top_is_no_front_matter(top: str) -> None:
    assert FIRST in texts(read_text(top + ARTICLE))


def test_odd_values_are_taken_as_they_are_written() -> None:
    found = known(
        "---\ntitle: 1984\nauthor: No\npublished: someday\noutlet: null\nurl: javascript:alert(1)\n---\n" + FIRST
    )
    assert (found.title, found.author, found.outlet, found.url, found.published) == ("1984", "No", None, None, None)
    assert "published" not in found.basis


def test_values_of_the_wrong_type_in_a_manifest_are_ignored() -> None:
    found = known(
        ARTICLE, {"title": ["a", 1], "author": True, "published": 7, "tags": 3, "url": {"a": 1}, "outlet": "\x07"}
    )
    assert found.author is found.published is found.url is found.outlet is None
    assert found.tags == ()


def test_an_estimate_stays_with_its_date() -> None:
    given: dict[str, object] = {"published": "2024-12-03", "published_estimated": True}
    assert known(ARTICLE, given).published_estimated
    assert not known(FRONT + ARTICLE, given).published_estimated
    assert not known(ARTICLE, {"published_estimated": True}).published_estimated


@pytest.mark.parametrize("nasty", NASTY)
def test_titles_are_one_clean_line_of_bounded_length(nasty: str) -> None:
    title = known(ARTICLE, {"title": nasty}).title
    assert title
    assert len(title) <= 300
    assert title == " ".join(title.split())
    assert not any(char in title for char in "\x00\x07\x1b\x7f\u202e\u2066")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("04 December 2024", "2024-12-04"),
        ("Today : Dec 04, 2024", "2024-12-04"),
        ("Updated 3:05 PM ET, Thu December 3, 2024", "2024-12-03"),
        ("Published 3rd March 2024 at 10:15 GMT", "2024-03-03"),
        ("By Jane Roe | Published March 3, 2024 | 5 min read", "2024-03-03"),
        ("Updated May 9, 2024\nPublished May 2, 2024", "2024-05-02"),
        ("Date: 2024-12-03", "2024-12-03"),
        ("Date:", None),
        ("Published soon", None),
        ("31 February 2024", None),
        ("04 December 2099", None),
        ("04 December 1969", None),
        ("The council of 4 December 2024 was the last of its kind, and nobody misses it", None),
    ],
)
def test_a_date_is_read_from_the_head_where_it_is_stated(head: str, published: str | None) -> None:
    found = known(f"Council Closes Old Bridge\n\n{head}\n\n{FIRST}\n\n{SECOND}\n")
    assert found.published == published
    assert found.basis.get("published") == ("text" if published else None)


def test_dates_in_the_body_are_not_the_articles() -> None:
    assert (
        known(f"{ARTICLE}\nThe bridge was opened on 4 December 1994, and closed on 3 May 2021. It was old.").published
        is None
    )


@pytest.mark.parametrize(
    ("head", "author", "outlet"),
    [
        ("By Jane Roe", "Jane Roe", None),
        ("By Jane Roe and John van Doe", "Jane Roe and John van Doe", None),
        ("Jane Roe Avatar\n\nBy", "Jane Roe", None),
        ("By\nJane Roe", "Jane Roe", None),
        ("Jane Roe, USA TODAY Sports", "Jane Roe", "USA TODAY Sports"),
        ("Jane Roe, Staff Writer", "Jane Roe", None),
        ("Author: Jane Roe\nSource: Harbour Post", "Jane Roe", "Harbour Post"),
        ("City News", None, None),
        ("Paris, France", None, None),
    ],
)
def test_a_byline_names_author_and_outlet(head: str, author: str | None, outlet: str | None) -> None:
    found = known(f"Council Closes Old Bridge\n\n{head}\n\n{FIRST}\n\n{SECOND}\n")
    assert (found.author, found.outlet) == (author, outlet)


@pytest.mark.parametrize(
    ("dateline", "outlet"),
    [
        ("(CNN) ", "CNN"),
        ("CNN — ", "CNN"),
        ("London CNN —\n\n", "CNN"),
        ("BRUSSELS (AP) — ", "AP"),
        ("OSLO (Reuters) - ", "Reuters"),
        ("BRUSSELS — ", None),
        ("AP officials said that ", None),
    ],
)
def test_a_dateline_names_the_outlet_where_it_is_clear(dateline: str, outlet: str | None) -> None:
    assert known(f"Council Closes Old Bridge\n\n{dateline}{FIRST}\n\n{SECOND}\n").outlet == outlet


def test_without_a_title_the_beginning_of_the_text_serves() -> None:
    found = known(f"{FIRST}\n{SECOND}\n")
    assert found.title is not None
    assert found.title.endswith("…")
    assert FIRST.startswith(found.title[:-1])
    assert len(found.title) <= 91
    assert found.basis["title"] == "text"


def test_a_manifest_is_read_by_file_name() -> None:
    data = b"""\xef\xbb\xbf# sources
    loose = 3
    ["a.txt"]
    title = "A"
    published = 2024-12-03
    published_estimated = true
    colour = "red"
    [note.txt]
    outlet = "Harbour Post"
    """
    assert parse_manifest(data) == {
        "a.txt": {"title": "A", "published": datetime.date(2024, 12, 3), "published_estimated": True},
        "note.txt": {"outlet": "Harbour Post"},
    }


@pytest.mark.parametrize("data", [b"[open", b"a = ", b"\xff\xfe\x00", b"a = " + b"[" * 50_000])
def test_a_broken_manifest_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"not (valid TOML|UTF-8)"):
        parse_manifest(data)


def test_front_matter_in_toml_with_a_number_of_too_many_digits_is_read_line_by_line() -> None:
    assert known(f"+++\ntitle = 'Tides'\nserial = {'9' * 5_000}\n+++\n{ARTICLE}").title == "Tides"
