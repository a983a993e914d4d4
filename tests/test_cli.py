"""The command line as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run

SEEDS = Path(__file__).parents[1] / "seeds"
Briefing = Callable[..., Any]


@pytest.fixture
def briefing(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> Briefing:
    """Runs a command over the seeds and gives its JSON document."""

    def call(*arguments: str) -> Any:
        status = run([*arguments, "--json", "--data-dir", seeds_dir])
        output = capsys.readouterr()
        assert status == 0, output.err
        return json.loads(output.out)

    return call


def test_an_empty_data_folder_is_filled_with_the_seeds_and_the_answer_is_cited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", "Does Ukraine still want to join NATO?", "--data-dir", str(tmp_path / "new")]) == 0
    shown = capsys.readouterr().out
    assert "[1]" in shown
    assert re.search(r"00\d_[0-9a-f]{16}\.txt:\d+", shown)


def test_an_answer_quotes_the_source_file_character_for_character(briefing: Briefing) -> None:
    answer = briefing("ask", "Who is NATO's secretary general?")
    assert answer["grounded"] is True
    assert "Mark Rutte" in answer["answer"]
    assert answer["citations"]
    for citation in answer["citations"]:
        text = (SEEDS / citation["file"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        lines = text.split("\n")[citation["line_start"] - 1 : citation["line_end"]]
        assert citation["quote"] in "\n".join(lines)
        assert f"[{citation['number']}]" in answer["answer"]


def test_an_answer_has_every_field_scripts_rely_on(briefing: Briefing) -> None:
    answer = briefing("ask", "What does Russia demand about neutrality?")
    fields = "question answer grounded score mode reason searched citations timeline conflicts timings_ms"
    assert set(fields.split()) <= set(answer)
    assert answer["mode"] == "extractive"
    assert answer["searched"] == {"articles": 5, "newest": "2025-12-14"}
    assert {"embed", "search", "answer", "total"} <= set(answer["timings_ms"])
    fields = "number file title outlet author published published_basis quote start end line_start line_end url link"
    assert set(fields.split()) <= set(answer["citations"][0])


@pytest.mark.parametrize(
    "question",
    [
        "How did Tesla's sales develop?",
        "What did Jake Tapper criticise Biden for?",
        "Which tourists face new entry rules in Spain?",
        "Who won the world cup final?",
    ],
)
def test_what_only_page_furniture_or_nothing_answers_is_refused(briefing: Briefing, question: str) -> None:
    answer = briefing("ask", question)
    assert answer["grounded"] is False
    assert answer["citations"] == []
    assert answer["reason"] == "not_found"
    assert "Not in the articles" in answer["answer"]
    assert answer["closest"]


@pytest.mark.parametrize(
    "question",
    ["What is the population of Ukraine's capital?", "What is Germany's position on the Black Sea grain deal?"],
)
def test_what_the_articles_only_touch_on_is_shown_as_unsure(briefing: Briefing, question: str) -> None:
    answer = briefing("ask", question)
    assert (answer["standing"], answer["grounded"], answer["reason"]) == ("possible", False, "uncertain")
    assert answer["answer"].startswith("Not sure")
    assert answer["citations"]
    assert answer["excerpts"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Zelenskyy propose for a ceasefire?", "front lines"),
        ("What was Ukraine's nuclear arsenal ranked globally?", "third largest"),
        ("What has Germany said about sending foreign troops?", "apprehensive"),
        ("How many points does Zelenskyy's peace plan have?", "20-point"),
    ],
)
def test_a_fact_in_the_articles_is_found(briefing: Briefing, question: str, said: str) -> None:
    answer = briefing("ask", question)
    assert answer["grounded"] is True
    assert said.casefold() in answer["answer"].casefold()


def test_an_answer_stays_short_unless_asked_otherwise(briefing: Briefing) -> None:
    question = "What did NATO leaders say about Ukraine's membership?"
    short = briefing("ask", question)
    assert 1 <= len(short["excerpts"]) <= 3
    assert sum(len(each["text"].split()) for each in short["excerpts"]) <= 210
    for each in short["excerpts"]:
        assert each["marked"] and all(each["start"] <= start < end <= each["end"] for start, end in each["marked"])
    assert len(briefing("ask", question, "--max-sentences", "1")["citations"]) == 1


def test_a_month_in_the_question_prefers_what_was_published_then(briefing: Briefing) -> None:
    found = briefing("ask", "What did Ukraine say about NATO membership in December 2024?")
    assert found["citations"]
    assert found["citations"] and all(citation["published"].startswith("2024-12") for citation in found["citations"])


@pytest.mark.parametrize("when", ["in March 2024", "on 3 May 2022", "since February 2026", "last month"])
def test_a_time_of_which_there_is_no_article_is_named_and_nothing_passes_for_an_answer(
    briefing: Briefing, when: str
) -> None:
    answer = briefing("ask", f"What did Rutte say about Ukraine {when}?")
    assert answer["grounded"] is False
    assert "Nothing in the articles was published" in answer["answer"]


def test_a_year_that_tells_when_something_happened_filters_nothing(briefing: Briefing) -> None:
    assert (
        briefing("ask", "Which arsenal did Ukraine give up under the Budapest Memorandum in 1994?")["grounded"] is True
    )


def test_dates_given_as_options_filter_the_search(briefing: Briefing) -> None:
    found = briefing("search", "NATO membership", "--since", "2025-01-01")["passages"]
    assert {passage["file"] for passage in found} == {"001_82df3489a97b2c5e.txt"}
    assert briefing("search", "NATO membership", "--until", "2023")["passages"] == []


def test_passages_come_best_first_with_their_place_in_the_file(briefing: Briefing) -> None:
    found = briefing("search", "Budapest Memorandum", "-k", "4")["passages"]
    assert len(found) == 4
    assert [passage["score"] for passage in found] == sorted((each["score"] for each in found), reverse=True)
    for passage in found:
        text = (SEEDS / passage["file"]).read_bytes().decode("utf-8")
        assert text[passage["start"] : passage["end"]] == passage["text"]


def test_ingesting_again_changes_nothing(briefing: Briefing) -> None:
    report = briefing("ingest", str(SEEDS))
    assert (report["added"], report["updated"], report["unchanged"], report["removed"]) == (0, 0, 5, 0)
    assert report["articles"] == 5


def test_two_rewrites_of_one_agency_story_are_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", str(SEEDS), "--json", "--data-dir", str(tmp_path)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(each["file"][:3], each["of"][:3], each["kind"]) for each in report["duplicates"]] == [
        ("004", "002", "rewrite")
    ]


def test_show_prints_the_article_and_with_json_what_is_known_of_it(
    briefing: Briefing, seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = briefing("show", "001_82df3489a97b2c5e.txt")
    assert known["published"] == "2025-12-14"
    assert known["published_estimated"] is True
    assert known["basis"]["published"] == "manifest"
    assert run(["show", "001_82df3489a97b2c5e.txt", "--data-dir", seeds_dir]) == 0
    assert capsys.readouterr().out.rstrip("\n") == (SEEDS / "001_82df3489a97b2c5e.txt").read_text("utf-8").rstrip("\n")


def test_eval_prints_the_figures_of_a_question_file(briefing: Briefing, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    rows = [
        {"id": "1", "question": "Who is NATO's secretary general?", "answerable": True, "answers": ["Mark Rutte"]}
        | {"gold": ["002_109866a445957986.txt"]},
        {"id": "2", "question": "Which team won the Champions League?", "answerable": False, "answers": [], "gold": []},
    ]
    questions.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    figures = briefing("eval", str(questions))
    assert figures["questions"] == 2
    assert figures["hits@10"] == figures["contained"] == figures["verbatim"] == 1.0
    assert figures["refused"] == figures["answered"] == figures["auroc"] == 1.0
    assert figures["latency_ms"]["p50"] > 0


def test_eval_writes_the_answer_of_every_question_into_a_file(briefing: Briefing, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    rows: list[dict[str, object]] = [
        {"id": "alone", "question": "Who is NATO's secretary general?"},
        {"id": 2, "question": "And Germany?", "before": ["What has France said about sending foreign troops?"]},
    ]
    questions.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    briefing("eval", str(questions), "--answers", str(answers))
    alone, followed = map(json.loads, answers.read_text("utf-8").splitlines())
    asked = briefing("ask", "Who is NATO's secretary general?")
    assert alone == {"id": "alone", "asked": asked["question"], **asked, "timings_ms": alone["timings_ms"]}
    assert (followed["id"], followed["asked"]) == (2, "And Germany?")
    assert "Germany" in followed["question"] and "foreign troops" in followed["question"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["answers.jsonl", "questions.jsonl"]


def test_eval_says_where_its_answers_cannot_be_written(
    seeds_dir: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who?"}')
    nowhere = str(tmp_path / "no" / "answers.jsonl")
    assert run(["eval", str(questions), "--answers", nowhere, "--data-dir", seeds_dir]) == 1
    assert capsys.readouterr().err.startswith(f"briefing: cannot write {nowhere}: ")


def test_eval_leaves_an_older_file_of_answers_alone_until_it_has_all(
    seeds_dir: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text('{"id": 1, "question": "Who is Mark Rutte?"}\n{"id": 2, "question": ""}')
    answers.write_text("older\n")
    assert run(["eval", str(questions), "--answers", str(answers), "--data-dir", seeds_dir]) == 1
    assert "question" in capsys.readouterr().err
    assert answers.read_text() == "older\n"
    assert [json.loads(line)["id"] for line in (tmp_path / "answers.jsonl.part").read_text().splitlines()] == [1]


def test_the_doctor_finds_a_healthy_house_well(briefing: Briefing) -> None:
    report = briefing("doctor")
    assert report["well"] is True
    assert {"settings", "data folder", "catalog", "embedding model", "vector index"} <= {
        check["subject"] for check in report["checks"]
    }


NAUGHTY = [
    "\x1b[31mred\x1b[0m \x07bell \x00nul",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200bzero\u200dwidth \ufeff",
    "Robert'); DROP TABLE articles;--",
    '"NEAR(" OR * AND NOT ^ title:x {',
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "${jndi:ldap://127.0.0.1/a} $(touch x) `id` %s %n {0} {{7*7}}",
    "Ω≈ç√∫˜µ≤≥÷ åß∂ƒ©˙∆ 田中さんにあげて下さい 표준국어 אותיות الكل",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👩‍👩‍👧‍👦 🏳️‍🌈 \ud800 lone surrogate",
    "../../../../etc/passwd%00 CON NUL \\\\?\\",
    "a" * 20_000,
    "...",
    "",
    "-",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_questions_are_asked_or_refused_in_one_line_and_print_nothing_active(
    text: str, seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # What an answer prints is in lines or in JSON; what a search or a timeline does goes through the same hands.
    other = (["ask", "--json"], ["search"], ["timeline"])[NAUGHTY.index(text) % 3]
    for arguments in (["ask"], other):
        status = run([*arguments, "--data-dir", seeds_dir, "--", text])
        output = capsys.readouterr()
        assert status in (0, 1)
        assert (output.err.count("\n") == 1) == (status == 1)
        assert not [each for each in output.out + output.err if _active(each)]


def _active(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character != "\n"


@pytest.mark.parametrize(
    ("arguments", "status", "hint"),
    [
        (["ask"], 2, "briefing ask --help"),
        (["ask", "x", "--frobnicate"], 2, "--frobnicate"),
        (["fetch"], 2, "fetch"),
        (["ask", "NATO?", "--since", "soon"], 2, "soon"),
        (["ask", "NATO?", "--since", "2025", "--until", "2024"], 2, "after"),
        (["ask", "NATO?", "--outlet", "The Daily Nothing"], 1, "Daily Nothing"),
        (["show", "nothing.txt"], 1, "nothing.txt"),
        (["eval", "nothing.jsonl"], 1, "nothing.jsonl"),
        (["ingest", "no/such/folder"], 1, "no/such/folder"),
        (["ingest", "seeds", "--guild", "policy"], 2, "policy is neither the id of a Discord server nor `all`"),
        (["remove", "nothing.txt"], 1, "nothing.txt"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], status: int, hint: str, seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, *([] if status == 2 else ["--data-dir", seeds_dir])]) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert hint in output.err


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("BRIEFING_CHROMA_URL", "localhost:8000", "must start with http"),
        ("BRIEFING_READER_PORT", "99999", "must be at most 65535"),
        ("BRIEFING_WORKERS", "many", "must be a whole number"),
        ("BRIEFING_MESSAGE_CONTENT", "perhaps", "must be true or false"),
        ("BRIEFING_GUILDS", "policy", "must be server ids"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, wanted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["search", "NATO"]) == 1
    assert f"{name} {wanted}" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["DISCORD_TOKEN: abc", 'DISCORD_TOKEN="abc'])
def test_a_line_of_env_that_cannot_be_read_is_named(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"BRIEFING_WORKERS=2\n{line}\n")
    assert run(["search", "NATO"]) == 1
    assert capsys.readouterr().err == (
        "briefing: .env cannot be read: line 2 is not NAME=value, or has a quote that is not closed\n"
    )


@pytest.mark.parametrize("by", ["name", "file", "folder"])
def test_articles_are_taken_out_by_name_file_or_folder_gone_or_not(
    by: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, data_dir = tmp_path / "press", ["--data-dir", str(tmp_path / "data")]
    folder.mkdir()
    file = folder / "bridge.txt"
    file.write_text("The harbour bridge is closed to lorries.\n")
    assert run(["ingest", str(folder), *data_dir]) == 0
    file.unlink()
    assert run(["remove", {"name": file.name, "file": str(file), "folder": str(folder)}[by], *data_dir]) == 0
    assert "1 article removed" in capsys.readouterr().out
    assert run(["list", *data_dir]) == 0
    assert capsys.readouterr().out == "no articles\n"


def test_of_several_names_all_are_taken_out_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, data_dir = tmp_path / "press", ["--data-dir", str(tmp_path / "data")]
    folder.mkdir()
    for name in ("bridge", "ferry"):
        (folder / f"{name}.txt").write_text(f"The harbour {name} is closed to lorries.\n")
    assert run(["ingest", str(folder), *data_dir]) == 0
    assert run(["remove", "bridge.txt", "typo.txt", *data_dir]) == 1
    assert capsys.readouterr().err == "briefing: no article goes by the name typo.txt\n"
    assert run(["remove", "bridge.txt", "ferry.txt", "bridge.txt", *data_dir]) == 0
    assert "2 articles removed" in capsys.readouterr().out


def test_help_shows_examples_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from bot.cli.main import run; run(['--help']); "
        "print([name for name in ('numpy', 'sqlalchemy', 'chromadb', 'onnxruntime', 'langchain_core', 'pydantic',"
        " 'matplotlib', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'briefing ask "' in done.stdout
    assert done.stdout.rstrip().endswith("[]")


def test_files_with_naughty_names_and_titles_are_taken_in_and_shown_safely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    text = "The council of Exampletown decided on Tuesday to plant 40 trees along the river."
    for number, name in enumerate(NAUGHTY):
        title = json.dumps(name[:200])
        (folder / f"{number}.md").write_text(f"---\ntitle: {title}\n---\n\n{text}\n", "utf-8")
    names = [b"esc\x1b[31m.txt", "\u202egnp.txt".encode(), b"latin-\xe9.txt", b"line\nbreak.txt"]
    for raw in names:
        (folder / os.fsdecode(raw)).write_text(text, "utf-8")
    arguments = ["--data-dir", str(tmp_path / "data")]
    assert run(["ingest", str(folder), *arguments]) == 0
    assert run(["ask", "How many trees does Exampletown plant?", *arguments]) == 0
    assert run(["search", "trees", "-k", "50", *arguments]) == 0
    assert run(["search", "trees", "-k", "50", "--json", *arguments]) == 0
    output = capsys.readouterr()
    assert not [each for each in output.out + output.err if _active(each)]
    listed = json.loads(output.out[output.out.index('{\n  "passages"') :])["passages"]
    assert {"latin-\\xe9.txt", "line\nbreak.txt"} <= {
        file for passage in listed for file in [passage["file"], *passage["also"]]
    }


def test_a_digest_tells_a_days_stories_in_the_articles_own_words(briefing: Briefing) -> None:
    made = briefing("digest", "--since", "2024-12-03", "--until", "2024-12-04")
    assert (made["from"], made["to"], made["articles"]) == ("2024-12-03", "2024-12-04", 4)
    (story,) = [story for story in made["stories"] if "002_109866a445957986.txt" in story["files"]]
    assert "004_92108ae0858e4d18.txt" in story["files"]
    assert story["origin"] == "AP"
    assert story["new"]
    cited = {each["number"]: each for each in made["citations"]}
    assert story["points"]
    for point in story["points"]:
        (number,) = point["citations"]
        source = (SEEDS / cited[number]["file"]).read_text("utf-8")
        assert source[cited[number]["start"] : cited[number]["end"]] == cited[number]["quote"]
        assert cited[number]["quote"].split()[0] == point["text"].split()[0]


def test_a_digest_is_of_the_newest_day_unless_another_is_named(briefing: Briefing) -> None:
    assert briefing("digest")["from"] == briefing("digest")["to"] == "2025-12-14"
    month = briefing("digest", "--date", "2024-12")
    assert (month["from"], month["to"], month["articles"]) == ("2024-12-01", "2024-12-31", 4)
    assert briefing("digest", "--date", "2019-05-01")["stories"] == []


def test_a_digest_on_a_topic_leaves_the_rest_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "press").mkdir()
    for name, text in (
        ("bridge", "The harbour bridge was closed to lorries on Monday after rust was found in its cables."),
        ("goal", "Ada Okafor scored twice as Lagos won the women's cup final against Accra on Monday night."),
    ):
        (tmp_path / "press" / f"{name}.md").write_text(f"---\ntitle: {name}\npublished: 2025-03-03\n---\n{text}\n")
    assert run(["ingest", str(tmp_path / "press"), "--data-dir", str(tmp_path / "data")]) == 0
    capsys.readouterr()
    assert run(["digest", "--topic", "women's cup final", "--data-dir", str(tmp_path / "data")]) == 0
    shown = capsys.readouterr().out
    assert "Ada Okafor scored twice" in shown
    assert "bridge" not in shown


def test_an_article_without_a_telling_word_stops_no_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = tmp_path / "only.md"
    article.write_text("---\npublished: 2025-03-03\n---\nTo be or not to be.\n")
    assert run(["ingest", str(article), "--data-dir", str(tmp_path / "data")]) == 0
    capsys.readouterr()
    assert run(["digest", "--data-dir", str(tmp_path / "data")]) == 0
    assert "1 article, 1 story" in capsys.readouterr().out
