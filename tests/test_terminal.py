"""The command line as a person at a terminal of 80 columns sees it, and as a pipe gets it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import briefing, run
from bot.presentation.terminal_style import columns, fit, wrap
from tests import commands

PAGE = "https://example.org/news/2025/harbour-bridge-closed"
LINK = f"\x1b]8;;{PAGE}#:~:text="
QUESTION = ["when", "will", "the", "harbour", "bridge", "open", "for", "lorries"]
TITLE = "Harbour bridge of Exampletown closed to lorries after rust was found in the cables of its northern span"
TEXT = (
    "The harbour bridge was closed to lorries on Monday after rust was found in its cables. The mayor, Ada Okafor, "
    "said that the harbour bridge would open for lorries again in the autumn of 2026. "
    "Ferries take the lorries until then, and the town pays for the tickets of those who deliver food."
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an article that has an address."""
    folder = tmp_path_factory.mktemp("town")
    head = f"---\ntitle: {TITLE}\nurl: {PAGE}\noutlet: The Exampletown Gazette\npublished: 2025-03-03\n---\n"
    (folder / "bridge.md").write_text(f"{head}{TEXT}\n")
    (folder / "ferry.md").write_text("---\noutlet: AP\ntitle: Ferry\n---\nThe ferry runs every hour.\n")
    ended = commands.briefing(folder / "run", "ingest", folder / "bridge.md", folder / "ferry.md", *at(folder))
    assert ended.status == 0, ended.err
    return folder


def at(folder: Path) -> list[str]:
    return ["--data-dir", str(folder / "data")]


def test_at_a_terminal_the_answer_is_bold_and_its_source_a_link_without_an_address_in_sight(data: Path) -> None:
    screen = commands.at_terminal("ask", *QUESTION, *at(data))
    assert screen.status == 0
    assert "\x1b[1m" in screen.written and LINK in screen.written
    seen = "\n".join(screen.lines)
    assert "https://" not in seen and "**" not in seen
    assert "bridge.md:7" in seen and max(map(len, screen.lines)) <= 80
    # The title goes on in a second line, which opens the same page.
    assert screen.written.count(LINK) == 2


def test_a_pipe_gets_the_same_words_with_asterisks_and_the_plain_address(data: Path) -> None:
    ended = commands.briefing(data / "run", "ask", *QUESTION, *at(data))
    assert "\x1b" not in ended.out
    assert f"\n    {PAGE}#:~:text=" in ended.out and "**" in ended.out
    screen = commands.at_terminal("ask", *QUESTION, *at(data))
    words = [word for word in ended.out.replace("**", "").split() if "://" not in word]
    assert " ".join(screen.lines).split() == words


@pytest.mark.parametrize(
    ("options", "environment", "coloured", "links"),
    [
        (["--color", "never"], {}, False, False),
        ([], {"NO_COLOR": "1"}, False, False),
        ([], {"TERM": "dumb"}, False, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True, True),
        ([], {"TERM_PROGRAM": "Apple_Terminal"}, True, False),
    ],
)
def test_who_wants_no_codes_gets_none_and_sees_the_address(
    options: list[str], environment: dict[str, str], coloured: bool, links: bool, data: Path
) -> None:
    screen = commands.at_terminal("ask", *QUESTION, *options, *at(data), environment=environment)
    assert ("\x1b[" in screen.written, LINK in screen.written) == (coloured, links)
    assert (f"    {PAGE}#:~:text=" in "\n".join(screen.lines)) == (not links)


def test_colours_can_be_asked_for_in_a_pipe_before_or_behind_the_command(data: Path) -> None:
    for arguments in (["--color", "always", "ask", *QUESTION], ["ask", *QUESTION, "--color", "always"]):
        ended = commands.briefing(data / "run", *arguments, *at(data))
        assert "\x1b[1m" in ended.out and LINK not in ended.out and f"{PAGE}#:~:text=" in ended.out


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "bridge.md"],
        ["search", "harbour", "bridge"],
        ["verify", "The harbour bridge was closed to lorries."],
        ["digest"],
        ["timeline", "harbour", "bridge", "lorries"],
        ["brief", "harbour", "bridge", "lorries"],
        ["compare", "bridge", "--outlet", "The Exampletown Gazette", "--outlet", "AP"],
        ["doctor"],
        ["show", "a file with a name so long that the line about it does not fit on the screen"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_has_the_terminal_break_a_word(arguments: list[str], data: Path) -> None:
    screen = commands.at_terminal(*arguments, *at(data))
    # A path or an address is one word, however long; whatever has a space could have been wrapped.
    wide = [line for line in screen.lines if len(line) > 80 and " " in line.strip()]
    assert wide == []
    assert len(screen.lines) > 1


def test_every_help_page_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = [[], *([name] for name in briefing.commands), ["feeds", "add"], ["feeds", "poll"], ["watch", "run"]]
    for name in names:
        lines = CliRunner().invoke(briefing, [*name, "--help"]).output.splitlines()
        assert lines and [line for line in lines if len(line) > 80] == []


def test_a_pipe_gets_an_article_line_by_line_and_a_list_one_line_an_article(data: Path) -> None:
    shown = commands.briefing(data / "run", "show", "bridge.md", *at(data)).out
    assert TEXT in shown.splitlines()
    assert len(commands.briefing(data / "run", "list", *at(data)).out.splitlines()) == 2


def test_lines_are_measured_in_the_cells_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert wrap("关税将在三月 关税将在三月 关税将在三月 关税将在三月").split("\n") == [
        "关税将在三月 关税将在三月 关税将在三月",
        "关税将在三月",
    ]
    assert wrap("a" * 60 + " b").split("\n") == ["a" * 60, "b"]
    assert fit("   one two  three " + "four " * 6 + "end").split("\n") == [
        "   one two  three four four four four",
        "       four four end",
    ]
    monkeypatch.setenv("COLUMNS", "120")
    sides = [["A", "It says so."], ["B", "https://example.org/" + "long" * 20]]
    assert columns(sides).split("\n\n") == ["A", "It says so.", "B", sides[1][1]]


def test_a_chat_at_a_terminal_goes_on_from_what_was_asked(data: Path) -> None:
    for end in ("quit\n", "\x04"):
        typed = [" ".join(QUESTION) + "?\n", "\n", "Why?\n", end]
        screen = commands.at_terminal("chat", *at(data), typed=typed)
        seen = "\n".join(screen.lines)
        assert screen.status == 0
        assert "Ctrl-D or `quit` ends" in seen
        assert "Understood as: when will the harbour bridge open for lorries" in " ".join(seen.split())
        assert seen.count("bridge.md:7") == 2 and LINK in screen.written


@pytest.fixture
def asked(seeds_dir: str) -> list[str]:
    return ["chat", "--data-dir", seeds_dir]


TALK = "What has Germany said about sending foreign troops?\n\nand France?\nquit\nWho is Mark Rutte?\n"


def test_a_chat_in_a_pipe_answers_line_by_line_with_marks_and_citations(asked: list[str]) -> None:
    done = CliRunner().invoke(briefing, asked, input=TALK)
    assert done.exit_code == 0
    first, second = done.stdout.split("\n> and France?\n")
    assert first.startswith("> What has Germany said about sending foreign troops?\n")
    assert "Germany is especially apprehensive" in " ".join(first.split())
    assert "**" in first and "[1]" in first and "Understood as" not in first
    assert second.startswith("Understood as: What has France said about sending foreign troops?\n")
    assert "Rutte?" not in second


def test_a_chat_as_json_is_one_document_and_a_question_that_cannot_be_asked_ends_nothing(asked: list[str]) -> None:
    done = CliRunner().invoke(briefing, [*asked, "--json"], input=f"...\n{TALK}")
    assert done.exit_code == 0
    answers = json.loads(done.stdout)["answers"]
    assert [each["asked"] for each in answers] == ["What has Germany said about sending foreign troops?", "and France?"]
    assert answers[1]["question"] == "What has France said about sending foreign troops?"
    assert {"standing", "excerpts", "citations"} <= set(answers[0])
    assert done.stderr.startswith("briefing: The question has no words") and done.stderr.count("\n") == 1
    assert CliRunner().invoke(briefing, [*asked, "--json"], input="").stdout == '{\n  "answers": []\n}\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Who is Mark Rutte?"],
        ["search", "NATO"],
        ["timeline", "NATO"],
        ["verify", "NATO has 32 members."],
        ["brief", "NATO"],
        ["digest"],
        ["compare", "NATO", "--period", "2024", "--period", "2025"],
        ["chat"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_in_an_empty_folder_every_command_says_that_it_brings_in_the_samples(
    arguments: list[str], tmp_path: Path
) -> None:
    ended = commands.briefing(tmp_path, *arguments, *at(tmp_path))
    assert ended.status == 0
    said = (
        r"briefing: no articles yet: bringing in the 5 sample articles \(`briefing remove (.*/seeds/)` removes them\)\n"
    )
    noted = re.fullmatch(said, ended.err)
    assert noted, ended.err
    if arguments[0] == "search":
        again = commands.briefing(tmp_path, *arguments, *at(tmp_path))
        assert (again.out, again.err) == (ended.out, "")
        removed = commands.briefing(tmp_path, "remove", noted[1], *at(tmp_path))
        assert removed.out == "5 articles removed\n"


def completed(line: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What bash is offered for the last word of a line."""
    monkeypatch.setenv("_BRIEFING_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(line))
    monkeypatch.setenv("COMP_CWORD", str(len(line) - 1))
    with pytest.raises(SystemExit):
        run([])
    return capsys.readouterr().out.split("\n")[:-1]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (["show", "br"], ["plain,bridge.md"]),
        (["remove", "bridge.md", "FE"], ["plain,ferry.md"]),
        (["verify", "x", "--file", "b"], ["plain,bridge.md"]),
        (["ask", "x", "--outlet", "the"], ["plain,'The Exampletown Gazette'"]),
        (["ask", "x", "--color", "n"], ["plain,never"]),
    ],
)
def test_a_shell_completes_articles_and_outlets(
    line: list[str],
    offered: list[str],
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, *others = line
    assert completed(["briefing", first, *at(data), *others], monkeypatch, capsys) == offered


def test_completion_hands_a_shell_nothing_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad\nplain,bad.txt").write_text("The ferry runs every hour.\n")
    (tmp_path / "in" / "bad $(touch x).md").write_text('---\ntitle: "Fer\\nry\\e[31m"\n---\nThe tram runs at night.\n')
    assert commands.briefing(tmp_path, "ingest", tmp_path / "in", *at(tmp_path)).status == 0
    line = ["briefing", "show", *at(tmp_path), "b"]
    assert completed(line, monkeypatch, capsys) == ["plain,'bad $(touch x).md'"]
    monkeypatch.setenv("_BRIEFING_COMPLETE", "zsh_complete")
    with pytest.raises(SystemExit):
        run([])
    assert capsys.readouterr().out == "plain\nbad $(touch x).md\nFer ry[31m\n"


def test_completion_makes_no_folder_and_complains_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert completed(["briefing", "show", *at(tmp_path), "b"], monkeypatch, capsys) == [""]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_takes_the_completion_as_documented(data: Path) -> None:
    script = (
        'eval "$(_BRIEFING_COMPLETE=bash_source briefing)"; COMP_WORDS=(briefing search x --outlet The); COMP_CWORD=4; '
        '_briefing_completion briefing; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "BRIEFING_DATA_DIR": str(data / "data")}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert (done.stdout, done.stderr) == ("'The Exampletown Gazette'\n", "")


@pytest.mark.parametrize("since", ["14 Dec 2025", "14 Dec 2025 (date estimated)", "December 2025"])
def test_a_day_is_taken_as_answers_print_it(since: str, seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--since", since, "--json", "--data-dir", seeds_dir]) == 0
    assert [each["published"] for each in json.loads(capsys.readouterr().out)["articles"]] == ["2025-12-14"]


def test_all_wrong_settings_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(
        "BRIEFING_WORKERS=many\nDISCORD_TOKEN: abc\nBRIEFING_CHROMA_URL=localhost:8000\nBRIEFING_TOPICS: NATO\n"
    )
    monkeypatch.setenv("BRIEFING_READER_PORT", "99999")
    assert run(["search", "NATO"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for part in (
        "lines 2, 4 are not NAME=value",
        "BRIEFING_WORKERS must be a whole number",
        "BRIEFING_CHROMA_URL must start with http",
        "BRIEFING_READER_PORT must be at most 65535",
    ):
        assert part in said
