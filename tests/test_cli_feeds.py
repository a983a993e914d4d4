"""Feeds and web pages at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run
from retrieval.embedding.base import Embedder
from tests.fakes import WordVectors
from tests.feeds.conftest import HTML, RSS, headline, item, page, rss
from tests.press import town
from tests.publisher import Publisher, Says

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Two articles, a feed of them, and one that is broken."""
    with Publisher() as server:
        for number in (1, 2):
            server.says(f"/news/{number}", Says(page(number), headers=HTML))
        server.says("/feed", Says(rss([item(server, number) for number in (1, 2)]), headers=RSS))
        server.says("/hostile", Says(rss([], "Red \x1b[31mPost &lt;b&gt;"), headers=RSS))
        yield server


@pytest.fixture
def real(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command over a data folder that starts empty; its exit status and what it printed."""
    monkeypatch.setenv("BRIEFING_ALLOW_LOOPBACK", "true")
    # Nobody else asks this publisher for anything.
    monkeypatch.setattr("retrieval.http.client.PAUSE", 0.0)
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "models").symlink_to(models_dir)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run([*arguments, "--data-dir", str(data_dir)])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def call(real: Call, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The same with an embedder that costs nothing."""
    monkeypatch.setattr("retrieval.bootstrap.open_embedder", lambda *_, **__: Embedder("words", WordVectors()))
    return real


def document(call: Call, *arguments: str) -> Any:
    status, out, err = call(*arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def test_from_a_feeds_address_to_a_cited_answer(publisher: Publisher, real: Call) -> None:
    url = publisher.url("/feed")
    status, out, _ = real("feeds", "add", url)
    assert (status, out) == (0, f"added: 1. Harbour Post\n   {url}\n   its articles come with the next poll\n")
    assert real("feeds", "add", url)[:2] == (0, f"already there: 1. Harbour Post\n   {url}\n")
    out = real("feeds", "poll")[1]
    assert out.startswith("1 feed polled: 1 read, 0 unchanged, 0 failing; 2 articles added, 0 updated (")
    answer = document(real, "ask", f"How many people does the refinery employ in {town(1)}?")
    assert answer["grounded"]
    assert answer["citations"][0]["url"] == publisher.url("/news/1")
    assert answer["citations"][0]["link"].startswith(publisher.url("/news/1#:~:text="))
    assert document(real, "feeds", "poll")["polled"] == 0
    assert document(real, "feeds", "poll", "--all")["polled"] == 1


def test_the_list_says_how_each_feed_goes(publisher: Publisher, call: Call) -> None:
    for path in ("/feed", "/hostile"):
        call("feeds", "add", publisher.url(path), "--guild", "42")
    publisher.says("/hostile", Says(status=503))
    out = call("feeds", "poll")[1]
    assert "  failing Red [31mPost <b>: the server has a fault of its own (503)\n" in out
    listed = call("feeds", "list")[1]
    assert "1. Harbour Post (server 42 alone)\n" in listed
    assert ", 2 articles\n" in listed
    assert "not read yet, 0 articles\n   failing: the server has a fault of its own (503) (next try " in listed
    assert "\x1b" not in listed
    feeds = document(call, "feeds", "list")["feeds"]
    assert [(each["guild"], each["articles"], each["reason"]) for each in feeds] == [
        ("42", 2, None),
        ("42", 0, "the server has a fault of its own (503)"),
    ]


def test_feeds_are_imported_and_removed(tmp_path: Path, publisher: Publisher, call: Call) -> None:
    assert call("feeds", "list")[1] == "No feeds yet: add one with `briefing feeds add URL`.\n"
    file = tmp_path / "feeds.opml"
    file.write_text(f'<opml><body><outline text="Post" xmlUrl="{publisher.url("/feed")}"/></body></opml>')
    assert call("feeds", "import", str(file))[:2] == (0, "1 feed added, 0 already known\n")
    assert document(call, "feeds", "import", str(file)) == {"added": 0, "known": 1, "left_out": []}
    call("feeds", "poll")
    assert call("feeds", "remove", "post")[:2] == (0, "removed: Post; its 2 articles stay\n")
    status, _, err = call("feeds", "remove", "post")
    assert (status, err) == (1, "briefing: no feed goes by the name post\n")


def test_feeds_of_a_list_that_are_left_out_are_named_with_the_reason(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "feeds.opml"
    lines = "".join(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(201))
    file.write_text(f'<opml><body><outline text="No" xmlUrl="ftp://b.example/"/>{lines}</body></opml>')
    assert call("feeds", "import", str(file), "--guild", "42")[1] == (
        "200 feeds added, 0 already known, 2 left out\n"
        "  left out ftp://b.example/: not a web address that may be fetched (neither http nor https)\n"
        "  left out https://a.example/200: a server may have 200 feeds\n"
    )
    assert document(call, "feeds", "import", str(file), "--guild", "42") == {
        "added": 0,
        "known": 200,
        "left_out": [
            {
                "title": "No",
                "url": "ftp://b.example/",
                "reason": "not a web address that may be fetched (neither http nor https)",
            },
            {
                "title": "https://a.example/200",
                "url": "https://a.example/200",
                "reason": "a server may have 200 feeds",
            },
        ],
    }
    assert call("feeds", "add", "https://c.example/", "--guild", "42")[2] == "briefing: a server may have 200 feeds\n"


def test_when_no_page_can_be_had_the_reason_of_each_is_told(publisher: Publisher, call: Call) -> None:
    publisher.says("/closed", Says(status=403))
    gone, closed = publisher.url("/gone"), publisher.url("/closed")
    status, out, err = call("ingest", gone, closed, "--json")
    assert (status, out) == (1, "")
    assert err == (
        f"briefing: {gone}: the server says there is no such page (404)\n"
        f"briefing: {closed}: the server refuses us (403)\n"
    )


def test_an_address_without_its_beginning_is_asked_for_with_it(call: Call) -> None:
    assert call("feeds", "add", "example.org")[2] == (
        "briefing: example.org: not a web address that may be fetched (write it with https://)\n"
    )


def test_what_is_no_feed_is_one_line_on_standard_error(publisher: Publisher, call: Call) -> None:
    page = publisher.url("/news/1")
    assert call("feeds", "add", page) == (1, "", f"briefing: {page}: an HTML page, no feed\n")
    status, _, err = call("feeds", "add", "http://10.0.0.1/feed")
    assert (status, err) == (
        1,
        "briefing: http://10.0.0.1/feed: not a web address that may be fetched "
        "(its host is not on the public internet)\n",
    )


def test_ingest_takes_web_pages_beside_files(tmp_path: Path, publisher: Publisher, call: Call) -> None:
    (tmp_path / "note.txt").write_text(
        "A note of the harbour master.\n\nThe harbour is closed to tankers until further notice.\n"
    )
    url = publisher.url("/news/1")
    report = document(call, "ingest", str(tmp_path / "note.txt"), url, publisher.url("/gone"))
    assert (report["added"], report["articles"]) == (2, 2)
    assert report["skipped"] == [
        {"file": publisher.url("/gone"), "reason": "the server says there is no such page (404)"}
    ]
    assert document(call, "ingest", url)["unchanged"] == 1
    status, _, err = call("ingest", publisher.url("/gone"))
    assert (status, err) == (1, f"briefing: {publisher.url('/gone')}: the server says there is no such page (404)\n")


def test_an_article_is_removed_by_its_web_address(publisher: Publisher, call: Call) -> None:
    url = publisher.url("/news/1")
    document(call, "ingest", url, "--guild", "42")
    assert document(call, "show", url.partition("//")[2])["title"] == headline(1)
    assert document(call, "remove", url) == {"removed": 1}
    status, _, err = call("remove", url)
    assert (status, err) == (1, f"briefing: no article goes by the name {url}\n")


@pytest.mark.parametrize("command", ["add", "list", "remove", "import", "poll"])
def test_every_command_of_feeds_helps_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run(["feeds", command, "--help"]) == 0
    assert f"briefing feeds {command}" in capsys.readouterr().out.partition("\n")[2]


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feeds"]) == 0
    assert "\n  add     Subscribe to a feed" in capsys.readouterr().out
