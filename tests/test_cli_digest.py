"""`briefing digest` in each of its formats, over the seeds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from bot.cli.main import run
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.settings import Settings

SEEDS = Path(__file__).parents[1] / "seeds"
DAYS = ("--since", "2024-12-03", "--until", "2024-12-04")
Digest = Callable[..., str]


@pytest.fixture
def digest(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> Digest:
    """Runs the command over the seeds and gives what it prints."""

    def call(*options: str) -> str:
        assert run(["digest", *options, "--data-dir", seeds_dir]) == 0
        return capsys.readouterr().out

    return call


def test_text_is_what_is_printed_unless_another_format_is_named(digest: Digest) -> None:
    shown = digest(*DAYS)
    assert shown == digest(*DAYS, "--format", "text")
    assert shown.startswith("3 Dec 2024 to 4 Dec 2024: 4 articles, ")
    assert "\n   [1] " in shown
    assert shown.endswith("\n\nnewest article 14 Dec 2025\n")


def test_a_digest_without_stories_says_so_and_how_new_the_newest_article_is(digest: Digest) -> None:
    assert digest("--date", "2019-05-01") == "1 May 2019: no stories.\n\nnewest article 14 Dec 2025\n"


def test_markdown_lists_its_sources(digest: Digest) -> None:
    lines = digest(*DAYS, "--format", "markdown").splitlines()
    assert lines[0] == "# 3 Dec 2024 to 4 Dec 2024"
    assert any(line.startswith("- ") and line.endswith(" \\[1\\]") for line in lines)
    assert any(line.startswith("1. ") and ".txt:" in line for line in lines[lines.index("## Sources") :])


def test_html_is_a_page_of_its_own(digest: Digest) -> None:
    page = html.document_fromstring(digest(*DAYS, "--format", "html"))
    assert page.findtext(".//h1") == "3 Dec 2024 to 4 Dec 2024"
    assert page.xpath("//section/ul/li/sup")
    assert page.findtext(".//footer") == "newest article 14 Dec 2025"


def test_json_names_what_is_new_and_what_was_read(digest: Digest) -> None:
    made = json.loads(digest(*DAYS, "--json"))
    for options in (("--format", "json"), ("--format", "json", "--json")):
        assert json.loads(digest(*DAYS, *options)) == made
    assert made["coverage"] == {"feeds": 0, "failing": [], "newest": "2025-12-14", "unread": 0}
    assert made["last"] is None
    assert made["stories"] and all(story["new"] is True and story["earlier"] == 0 for story in made["stories"])


def test_json_marks_who_gave_up_a_position_with_both_sides_cited(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["digest", "--date", "2025-12-14", "--json", "--data-dir", seeds_dir]) == 0
    made = json.loads(capsys.readouterr().out)
    (mark,) = made["stories"][0]["marks"]
    earlier, now = [made["citations"][side["citations"][0] - 1] for side in mark["sides"]]
    assert mark["kind"] == "shift"
    assert (earlier["published"][:7], now["published"]) == ("2024-12", "2025-12-14")
    assert "relinquishing its ambition to join NATO" in now["quote"]
    for each in (earlier, now):
        text = (SEEDS / each["file"]).read_bytes().decode()
        assert text[each["start"] : each["end"]] == each["quote"]


def test_a_terminal_shows_the_earlier_position_with_its_day_and_source(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["digest", "--date", "2025-12-14", "--data-dir", seeds_dir]) == 0
    shown = capsys.readouterr().out
    _, _, mark = shown.partition("\n   Shift: earlier, ")
    said = " ".join(mark.split())
    assert re.match(r"\d Dec 2024(?: \(date estimated\))?: “[^”]*NATO[^”]*” \[4\]; now: “[^”]*NATO\.” \[1\]", said)
    assert "\n   [4] " in mark and "\n   [1] " not in mark


def test_sources_that_call_a_man_otherwise_are_marked_in_every_format(digest: Digest) -> None:
    (mark,) = json.loads(digest(*DAYS, "--json"))["stories"][0]["marks"]
    assert mark["kind"] == "disputed"
    ours, theirs = (side["said"] for side in mark["sides"])
    assert {ours, theirs} == {"Mark Rutte, Prime Minister of the Netherlands", "NATO Secretary-General Mark Rutte"}
    told = rf"“{ours}” \[\d\] but “{theirs}” \[\d\]"
    assert re.search(f"Disputed: {told}", " ".join(digest(*DAYS).split()))
    assert re.search(
        f"^\\*\\*Disputed\\*\\*: {told}$", digest(*DAYS, "--format", "markdown").replace("\\", ""), re.MULTILINE
    )
    page = html.document_fromstring(digest(*DAYS, "--format", "html"))
    (line,) = page.xpath("//section/p[@class='mark']")
    # A number stays on the line of the word before it.
    assert re.fullmatch(f"Disputed: {told}".replace(" \\[", "\u2060\\["), line.text_content())


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_two_formats_at_once_are_wrong_usage(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["digest", "--json", "--format", form, "--data-dir", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert f"--json goes without --format {form}" in output.err
    assert output.out == ""


def test_questions_without_an_answer_stand_under_digests_and_notes(
    seeded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(shutil.copytree(seeded, tmp_path / "data", symlinks=True))
    question = "What does <b>tuna</b> cost?"
    with open_briefing(Settings(data_dir=data)) as briefing:
        answer = briefing.asking.ask(question, Filter())
        for listed in ("", None):
            briefing.conversations.keep(answer, question, Filter(), "", "7", listed)

    def shown(*command: str) -> str:
        assert run([*command, "--data-dir", str(data)]) == 0
        return " ".join(capsys.readouterr().out.split())

    line = f"Asked this week without an answer: “{question}” once"
    assert shown("digest").endswith(f"newest article 14 Dec 2025 {line}")
    assert "\\<b\\>tuna\\</b\\> cost?” once" in shown("digest", "--format", "markdown")
    page = html.document_fromstring(shown("digest", "--format", "html"))
    assert page.xpath("string(//footer)").endswith(line) and not page.xpath("//b")
    note = ("brief", "Ukraine NATO membership")
    assert f"ASKED THIS WEEK WITHOUT AN ANSWER “{question}” once SOURCES" in shown(*note)
    for document in (json.loads(shown(*command, "--json")) for command in (("digest",), note)):
        assert document["unanswered"] == [{"question": question, "count": 1}]
