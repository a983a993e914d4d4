"""Feeds listed in OPML, and those a page names."""

import pytest

from retrieval.feeds.entries import FeedError
from retrieval.feeds.parser import find_feeds, read_opml


def test_feeds_are_listed_from_all_folders_once() -> None:
    opml = b"""\xef\xbb\xbf<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
    <outline text="Politics"><outline text="Deep"><outline type="rss" text="Harbour &amp; Post" xmlUrl="https://a.example/f?a=1&b=2"/>
    </outline><outline title="Pier" text="other" XMLURL="feed://b.example/rss"/></outline>
    <outline text="again" xmlUrl="https://a.example/f?a=1&amp;b=2"/><outline xmlUrl="feed:https://c.example/"/>
    <outline text="bad" xmlUrl="javascript:alert(1)"/><outline text="file" xmlUrl="file:///etc/passwd"/></body></opml>"""
    assert read_opml(opml) == (
        ("Harbour & Post", "https://a.example/f?a=1&b=2"),
        ("Pier", "http://b.example/rss"),
        ("https://c.example/", "https://c.example/"),
        ("bad", "javascript:alert(1)"),
        ("file", "file:///etc/passwd"),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no OPML: unknown format"),
        (b"<rss/>", "no OPML: unknown format"),
        (b"<html><body>no</body></html>", "an HTML page, no OPML"),
        (
            b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><outline text='&x;'/></opml>",
            "no OPML: it declares entities",
        ),
    ],
)
def test_what_is_no_opml_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as raised:
        read_opml(body)
    assert str(raised.value) == reason


def test_a_list_of_more_feeds_than_anybody_reads_is_refused() -> None:
    many = "".join(f"<outline xmlUrl='https://a.example/{number}'/>" for number in range(5_001))
    with pytest.raises(FeedError, match="too many feeds for one list: over 5,000"):
        read_opml(f"<opml><body>{many}</body></opml>".encode())


def test_an_opml_cut_off_gives_what_it_has() -> None:
    listed = read_opml(
        b"<opml><body>" + b"<outline>" * 200 + b"<outline text='a' xmlUrl='http://a.example/'/><outline te"
    )
    assert listed == (("a", "http://a.example/"),)


def test_a_page_names_its_feeds() -> None:
    page = b"""<!doctype html><html><head><base href="/blog/"><title><link></title>
    <!-- <link rel="alternate" type="application/rss+xml" href="/no"> -->
    <link rel="stylesheet" href="x.css"><link rel="alternate" hreflang="de" href="/de">
    <LINK REL="Alternate home" TYPE="application/rss+xml; charset=utf-8" HREF="rss?a=1&amp;b=2">
    <link href=//b.example/atom type=application/atom+xml rel=alternate />
    <link rel="alternate" type="application/feed+json" href="f.json">
    <link rel="alternate" type="application/rss+xml" href="rss?a=1&amp;b=2">
    <link rel=alternate type="application/rss+xml" href="javascript:x">
    <script>document.write('<link rel="alternate" type="application/rss+xml" href="/no">')</script>"""
    assert find_feeds(page, "https://a.example/x") == (
        "https://a.example/blog/rss?a=1&b=2",
        "https://b.example/atom",
        "https://a.example/blog/f.json",
    )


def test_a_page_without_feeds_names_none() -> None:
    assert find_feeds(b"<p>Hello", "https://a.example/") == ()
    assert find_feeds(b"\x00\xff\xfe" * 100, "https://a.example/") == ()
