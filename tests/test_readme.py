"""The commands that README and docs/ show over the seeds print what is shown there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import run

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# Not over the seeds alone: they ask Discord, a model or this very suite.
ELSEWHERE = ("bot", "doctor", "stats", "pytest")
SHELL = re.compile(r"```console\n(.*?)```", re.DOTALL)
CUT = "…"


def shown() -> Iterator[tuple[str, str, str]]:
    """The page, the command and the output of every command that is shown with its output."""
    for page in PAGES:
        for block in SHELL.findall(page.read_text("utf-8")):
            for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, output = step.partition("\n")
                command = re.sub(r"^.*?uv run (briefing )?", "", line).partition(" #")[0]
                if output.strip() and command.split()[0] not in ELSEWHERE:
                    yield page.name, command, output


def expected(output: str) -> re.Pattern[str]:
    """The output with its spaces as they come, gaps where it is cut, and any number of days of age."""
    parts = (" ".join(part.split()) for part in re.split(rf"(?:^|(?<=[.\s]))\s*{CUT}(?=\s|$)", output))
    whole = r"[\s\S]*".join(re.escape(part) for part in parts)
    return re.compile(re.sub(r"\\?\b\d+\\ days\\ ago", r"\\d+\\ days\\ ago", whole).replace(r"\ ", r"\s+"))


SHOWN = list(shown())
PAGES_SHOWN = tuple(dict.fromkeys(page for page, _, _ in SHOWN))


def test_readme_shows_commands_with_their_output() -> None:
    assert len(SHOWN) >= 6


@pytest.mark.parametrize("page", PAGES_SHOWN)
def test_the_commands_of_a_page_print_what_it_shows(
    page: str, seeds_dir: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order, since one may go on from another."""
    monkeypatch.setenv("BRIEFING_DATA_DIR", seeds_dir)
    monkeypatch.setenv("COLUMNS", "100")
    for command, output in [(command, output) for where, command, output in SHOWN if where == page]:
        assert run(shlex.split(command)) == 0
        printed = " ".join(capsys.readouterr().out.split())
        assert expected(output).search(printed), f"{command}: {printed}"
