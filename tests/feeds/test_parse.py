"""Feeds of every kind become the same plain entries; broken and hostile ones too, or a clear reason."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from retrieval.feeds.entries import MOST_ENTRIES, Entry, Feed, FeedError
from retrieval.feeds.parser import parse_feed
from tests.growth import LINEAR, growth

URL = "https://harbour.example/news/feed.xml"
NOW = datetime(2024, 12, 10, 12, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Harbour Post</title><link>/news/</link>
<item><title>Bridge closes</title><link>bridge?a=1&amp;b=2</link><guid isPermaLink="false">b-1</guid>
<pubDate>Tue, 03 Dec 2024 09:30:00 +0100</pubDate><dc:creator>Jane Roe</dc:creator><category>Town</category>
<description>Short.</description>
<content:encoded><![CDATA[<p>The bridge &amp; the pier close.</p><p>For a <b>year</b>.</p>]]></content:encoded></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://harbour.example/">
<title type="html">Harbour &lt;b&gt;Post&lt;/b&gt;</title><link href="/"/><author><name>The Desk</name></author>
<entry><title>Bridge closes</title><id>tag:harbour.example,2024:b-1</id><link rel="enclosure" href="a.mp3"/>
<link href="news/bridge"/><updated>2024-12-03</updated><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The bridge closes.</p><script>run()</script></div>
</content></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>Old</title></channel>
<item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link>
<dc:date>2024-12-03T09:30:00+01:00</dc:date></item></rdf:RDF>"""


def read(text: str | bytes, content_type: str = "") -> Feed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), URL, content_type, NOW)


def item(inside: str) -> Entry:
    (found,) = read(f"<rss version='2.0'><channel><item>{inside}</item></channel></rss>").entries
    return found


def test_rss_gives_all_an_entry_has() -> None:
    feed = read(RSS)
    assert (feed.title, feed.link) == ("Harbour Post", "https://harbour.example/news/")
    assert feed.entries == (
        Entry(
            id="b-1",
            title="Bridge closes",
            link="https://harbour.example/news/bridge?a=1&b=2",
            published="2024-12-03T09:30:00+01:00",
            author="Jane Roe",
            text="The bridge & the pier close.\n\nFor a year.",
            tags=("Town",),
        ),
    )


def test_atom_gives_the_same() -> None:
    feed = read(ATOM)
    (entry,) = feed.entries
    assert (feed.title, feed.link) == ("Harbour Post", "https://harbour.example/")
    assert (entry.id, entry.link) == ("tag:harbour.example,2024:b-1", "https://harbour.example/news/bridge")
    assert (entry.published, entry.author, entry.text) == ("2024-12-03", "The Desk", "The bridge closes.")


def test_a_feed_says_when_it_changed() -> None:
    stated = "<lastBuildDate>Tue, 03 Dec 2024 09:30:00 +0100</lastBuildDate>"
    assert read(RSS).updated is None
    assert read(RSS.replace("<item>", f"{stated}<item>")).updated == "2024-12-03T09:30:00+01:00"
    assert read(RSS.replace("<item>", f"{stated.replace('2024', '2099')}<item>")).updated is None
    assert read(ATOM.replace("<entry>", "<updated>2024-12-04</updated><entry>")).updated == "2024-12-04"


@pytest.mark.parametrize(
    ("published", "updated", "told"),
    [
        ("2024-12-03T08:30:00Z", "2024-12-03T09:30:00Z", "2024-12-03T09:30:00+00:00"),
        ("2024-12-03T08:30:00Z", "2024-12-03T09:30:00+01:00", None),
        ("2024-12-03T08:30:00Z", "2024-12-01", None),
        ("2024-12-03T08:30:00Z", "2099-12-01", None),
        ("", "2024-12-03", None),
    ],
)
def test_an_entry_says_when_it_changed_after_it_came_out(published: str, updated: str, told: str | None) -> None:
    dates = f"<published>{published}</published><updated>{updated}</updated>"
    (entry,) = read(f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id>{dates}</entry></feed>").entries
    assert entry.updated == told
    json_item = {"id": "1", "date_published": published, "date_modified": updated}
    (entry,) = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [json_item]})).entries
    assert entry.updated == told


def test_rdf_gives_the_same() -> None:
    (entry,) = read(RDF).entries
    assert (entry.title, entry.link, entry.published) == ("One", "https://a.example/1", "2024-12-03T09:30:00+01:00")


def test_a_json_feed_gives_the_same() -> None:
    items = [
        {
            "id": 7,
            "url": "/bridge",
            "title": "Bridge &amp; pier",
            "content_html": "<p>One.</p><p>Two.</p>",
            "date_published": "2024-12-03T09:30:00+01:00",
            "tags": ["Town", 3, None],
            "authors": [{"name": "Jane Roe"}, "nobody"],
        },
        {"url": "javascript:alert(1)", "content_text": "1 < 2", "date_modified": 5},
        "no item",
    ]
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Post", "items": items}))
    first, second = feed.entries
    assert first.link == "https://harbour.example/bridge"
    assert (first.id, first.title, first.author) == ("7", "Bridge &amp; pier", "Jane Roe")
    assert (first.published, first.text, first.tags) == ("2024-12-03T09:30:00+01:00", "One.\n\nTwo.", ("Town", "3"))
    assert (second.link, second.text, second.published) == (None, "1 < 2", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "no feed: empty"),
        ("<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page, no feed"),
        ("\n<html><head><title>Not found</title></head>", "an HTML page, no feed"),
        ("<html><body><pre><rss></rss></pre></body></html>", "an HTML page, no feed"),
        ("Not found", "no feed: unknown format"),
        ("<urlset><url/></urlset>", "no feed: unknown format"),
        ('{"items": []}', "no feed: JSON of another kind"),
        ("[" * 100_000, "no feed: broken JSON"),
        ('{"version": ', "no feed: broken JSON"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: str, reason: str) -> None:
    with pytest.raises(FeedError) as raised:
        read(body)
    assert str(raised.value) == reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_feed_that_declares_entities_is_refused_in_any_encoding(encoding: str) -> None:
    laughs = "<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for inside in (laughs, "<!ENTITY i SYSTEM 'file:///etc/passwd'>", "<!ENTITY % p SYSTEM 'http://a.example/'>%p;"):
        feed = f"<?xml version='1.0'?><!DOCTYPE rss [{inside}]><rss><channel><title>&i;</title></channel></rss>"
        with pytest.raises(FeedError, match="declares entities"):
            read(feed.encode(encoding))


def test_a_doctype_without_entities_is_no_hindrance() -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    assert read(f"{doctype}<rss version='0.91'><channel><title>Old</title></channel></rss>").title == "Old"


def test_an_article_about_entities_is_read() -> None:
    assert (
        item("<description><![CDATA[Write <code>&lt;!ENTITY x&gt;</code>.]]></description>").text
        == "Write <!ENTITY x>."
    )


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", ""),
        ("utf-8-sig", "", ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "", ""),
        ("utf-32-be", "", ""),
        ("iso-8859-1", "iso-8859-1", ""),
        ("iso-8859-1", "", "application/rss+xml; charset=ISO-8859-1"),
        ("iso-8859-1", "utf-8", "text/xml; charset=utf-8"),
        ("iso-8859-1", "punycode", ""),
        ("cp037", "cp037", ""),
    ],
)
def test_the_encoding_is_found(encoding: str, declared: str, content_type: str) -> None:
    start = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f"{start}<rss version='2.0'><channel><title>Brücke über den Fluß</title></channel></rss>"
    assert read(text.encode(encoding), content_type).title == "Brücke über den Fluß"


@pytest.mark.parametrize(
    ("encoding", "title"), [("koi8-r", "Брюссель: новости"), ("shift_jis", "新しい橋"), ("iso-2022-jp", "新しい橋")]
)
def test_other_scripts_are_read_as_declared(encoding: str, title: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>{title}</title></channel></rss>'
    )
    assert read(text.encode(encoding)).title == title


def test_a_feed_cut_off_in_the_middle_gives_what_it_has() -> None:
    for end in (len(RSS) - 30, RSS.index("For a") + 3, RSS.index("<description>") + 4):
        (entry,) = read(RSS[:end]).entries
        assert entry.title == "Bridge closes"
        assert entry.link == "https://harbour.example/news/bridge?a=1&b=2"


def test_broken_markup_is_mended() -> None:
    (entry,) = read(
        "<br /><b>Warning</b>: no database\n<rss version='2.0'><channel><title>A & B</title>"
        "<item><title>Caf&eacute; &nope; 5 < 6\x0b</title><link>/a?b=1&copy=2&d</link>"
        "<dc:creator>Jane Roe</dc:creator></item>"
    ).entries
    assert entry.title.startswith("Café &nope; 5")
    assert (entry.link, entry.author) == ("https://harbour.example/a?b=1&copy=2&d", "Jane Roe")


def test_a_namespace_that_is_no_address_is_left_out() -> None:
    (entry,) = read(
        "<feed xmlns='http://a <b' xmlns:x='not &gt; one'><entry x:href='y'><title>One</title></entry></feed>"
    ).entries
    assert entry.title == "One"


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("<![CDATA[Fish &amp; chips]]>", "Fish & chips"),
        ("1 &lt; 2", "1 < 2"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<b>Bold</b> claim", "Bold claim"),
        ("&lt;script&gt;run()&lt;/script&gt;Safe", "Safe"),
        ("Use of &amp;lt;script&amp;gt; is &lt;i&gt;bad&lt;/i&gt;", "Use of ‹script> is bad"),
        ("&amp;lt;img src=x onerror=run()&amp;gt; &lt;i&gt;x&lt;/i&gt;", "‹img src=x onerror=run()> x"),
        ("&amp;lt;a &amp;lt;b onclick=run()&amp;gt; &lt;i&gt;x&lt;/i&gt;", "‹a ‹b onclick=run()> x"),
        ("Zero\u200bwidth \u202eevil\u202c\n  line", "Zerowidth evil line"),
        ("x" * 500, "x" * 299 + "…"),
    ],
)
def test_titles_are_plain(title: str, plain: str) -> None:
    assert item(f"<title>{title}</title>").title == plain


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<p>One<br>line</p><div>Two</div>", "One line\n\nTwo"),
        ("One<br/><br/>Two", "One\n\nTwo"),
        ("<style>p {}</style>One<!-- no > --> <iframe src='//x'></iframe>two", "One two"),
        ('<a title="a > b" href="javascript:run()">Link</a> text', "Link text"),
        ('<a href=http://a.example/">Link</a> text', "Link text"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n\n3"),
        ("Cut off <a href='http", "Cut off"),
        ("a &lt;blink> tag", "a <blink> tag"),
        ("<b>one</b>&#" + "9" * 9_000 + "; &#0000000000039;", "one '"),
        ("<script>one</script >two<script>three", "two"),
    ],
)
def test_texts_are_plain_paragraphs(markup: str, plain: str) -> None:
    assert item(f"<description><![CDATA[{markup}]]></description>").text == plain


def test_inner_elements_of_plain_xml_do_not_swallow_what_follows() -> None:
    xhtml = "<div xmlns='http://www.w3.org/1999/xhtml'>One <iframe src='x'/>two<script src='y'/> three</div>"
    feed = read(
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>{xhtml}</content></entry></feed>"
    )
    assert feed.entries[0].text == "One two three"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "http://[", "mailto:a@b.c"]
)
def test_only_web_addresses_are_links(link: str) -> None:
    assert item(f"<title>x</title><link>{link}</link>").link is None


def test_a_guid_is_a_link_only_where_it_is_one() -> None:
    assert item("<guid>https://a.example/1</guid>").link == "https://a.example/1"
    assert item("<guid>1234</guid>").link is None
    assert item("<guid>1234</guid>").id == "1234"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Tue, 03 Dec 2024 09:30:00 CET", "2024-12-03T09:30:00+01:00"),
        ("2024-12-03", "2024-12-03"),
        ("2024-12-03T23:30:00-05:00", "2024-12-03T23:30:00-05:00"),
        ("Wed, 11 Dec 2024 11:00:00 GMT", "2024-12-11T11:00:00+00:00"),
        ("Mon, 02 Dec 2024 09:00:00 AEST", "2024-12-02T09:00:00+10:00"),
        ("Mon, 02 Dec 2024 06:00:00 JST", "2024-12-02T06:00:00+09:00"),
        ("Mon, 02 Dec 2024 01:00:00 GMT+0200", "2024-12-02T01:00:00+02:00"),
        ("Mon, 02 Dec 2024 01:00:00 UTC-3", "2024-12-02T01:00:00-03:00"),
        ("Sun, 01 Dec 2024 05:00 PM EST", "2024-12-01T17:00:00-05:00"),
        ("Sun, 01 Dec 2024 12:15 am EST", "2024-12-01T00:15:00-05:00"),
        ("Di, 03 Dez 2024 09:30:00 +0100", "2024-12-03T09:30:00+01:00"),
        ("mar., 03 déc. 2024 09:30:00 +0100", "2024-12-03T09:30:00+01:00"),
        ("вт, 03 дек 2024 09:30:00 +0300", "2024-12-03T09:30:00+03:00"),
        ("Wed, 11 Dec 2024 13:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("31 Dec 1989 23:59:59 GMT", None),
        ("yesterday", None),
        ("9999-99-99T99:99:99Z", None),
        ("1" * 10_000, None),
    ],
)
def test_dates_are_moments_or_days_or_unknown(written: str, published: str | None) -> None:
    assert item(f"<title>x</title><pubDate>{written}</pubDate>").published == published


def test_an_impossible_date_gives_way_to_the_next() -> None:
    found = item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate><dc:date>2024-12-03T09:00:00Z</dc:date>")
    assert found.published == "2024-12-03T09:00:00+00:00"


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("jane@a.example (Jane Roe)", "Jane Roe"),
        ("Jane Roe &lt;jane@a.example&gt;", "Jane Roe"),
        ("Jane Roe (Reuters)", "Jane Roe (Reuters)"),
        ("jane@a.example", None),
    ],
)
def test_an_author_is_a_name_without_the_address(written: str, author: str | None) -> None:
    assert item(f"<author>{written}</author>").author == author


def test_several_authors_are_all_named() -> None:
    assert item("<dc:creator>Jane Roe</dc:creator><dc:creator>John Doe</dc:creator>").author == "Jane Roe, John Doe"


def test_entries_come_newest_first_and_those_without_a_date_last() -> None:
    items = "".join(f"<item><title>{day}</title><pubDate>2024-12-0{day}</pubDate></item>" for day in (1, 3, 2))
    feed = read(f"<rss><channel><item><title>none</title></item>{items}</channel></rss>")
    assert [entry.title for entry in feed.entries] == ["3", "2", "1", "none"]


@pytest.mark.parametrize("backwards", [False, True])
def test_of_thousands_of_entries_the_newest_are_kept(backwards: bool) -> None:
    days = [f"2024-{1 + day // 400:02}-{1 + day % 400 // 20:02}T{day % 20:02}:00:00Z" for day in range(4_000)]
    items = [f"<item><title>{day}</title><pubDate>{day}</pubDate></item>" for day in days]
    feed = read(f"<rss><channel>{''.join(reversed(items) if backwards else items)}</channel></rss>")
    assert [entry.title for entry in feed.entries] == sorted(days, reverse=True)[:MOST_ENTRIES]


def test_a_missing_id_is_made_of_the_link_and_stays() -> None:
    first = item("<title>One</title><link>https://a.example/1</link>")
    again = item("<title>One, corrected</title><link>https://a.example/1</link><pubDate>2024-12-03</pubDate>")
    assert first.id == again.id != item("<title>One</title><link>https://a.example/2</link>").id
    assert item("<title>One</title>").id != item("<title>Two</title>").id


def test_one_id_for_different_articles_is_no_id() -> None:
    one, two, three = (f"<item><guid>x</guid><link>https://a.example/{number}</link></item>" for number in (1, 2, 3))
    before = read(f"<rss><channel>{one}{two}</channel></rss>").entries
    after = read(f"<rss><channel>{three}{two}{one}</channel></rss>").entries
    assert len({entry.id for entry in after}) == 3
    assert {entry.link: entry.id for entry in after}["https://a.example/1"] == before[0].id


def test_the_same_article_twice_is_one_entry() -> None:
    one = "<item><guid>x</guid><link>https://a.example/1</link></item>"
    assert len(read(f"<rss><channel>{one}{one}</channel></rss>").entries) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<a>" * 100_000,
        "<a " * 100_000,
        "<item " + " ".join(f'a{number}="1"' for number in range(30_000)) + "/>",
        "<rss " + " ".join(f'xmlns:a{number}="b{number}"' for number in range(20_000)) + "/>" + "<item/>" * 1_000,
        "<item><author>" + "a@" * 100_000,
        "<item><title>" + "&" * 300_000,
        "<item><title>&#" + "9" * 300_000 + ";",
        "<![CDATA[" * 30_000,
        "<!--" * 50_000,
        "<item><description><![CDATA[" + "<a =\" '" * 40_000,
        "<item><description><![CDATA[" + "<script>" * 40_000,
        "<item><description><![CDATA[<a " + "on" * 100_000,
        "<item xml:base='http://a.example/" + "a/" * 100_000 + "'><link>b</link></item>",
        "<item>" + "<category>a</category>" * 20_000 + "</item>",
        "\n" * 300_000 + "<!DOCTYPE ",
    ],
)
def test_hostile_feeds_are_read_in_time_by_their_length(hostile: str) -> None:
    def read_both(size: int) -> None:
        start = hostile[:size]
        for text in (f"<rss version='2.0'><channel>{start}", start + "<rss version='2.0'><channel>"):
            with suppress(FeedError):
                assert len(read(text).entries) <= MOST_ENTRIES

    assert growth(read_both, len(hostile) // 4) < LINEAR
