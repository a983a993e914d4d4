"""`briefing digest` in each of its formats, over the seeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from bot.cli import run
from tests import fakes

SEEDS = Path(__file__).parents[1] / "seeds"
DAYS = ("--since", "2024-12-03", "--until", "2024-12-04")
Digest = Callable[..., str]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the seeds in it; a digest without a topic asks no model."""
    folder = tmp_path_factory.mktemp("seeded")
    with fakes.open_with(folder, name="minilm") as briefing:
        briefing.ingest([SEEDS])
    return folder


@pytest.fixture
def digest(seeded: Path, capsys: pytest.CaptureFixture[str]) -> Digest:
    """Runs the command over the seeds and gives what it prints."""

    def call(*options: str) -> str:
        assert run(["digest", *options, "--data-dir", str(seeded)]) == 0
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
    assert all(story["new"] is True and story["earlier"] == 0 for story in made["stories"])


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_two_formats_at_once_are_wrong_usage(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["digest", "--json", "--format", form, "--data-dir", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert f"--json goes without --format {form}" in output.err
    assert output.out == ""
