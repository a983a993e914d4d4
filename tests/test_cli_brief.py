"""`briefing brief` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import docx
import pypdfium2
import pytest
from markdown_it import MarkdownIt

from bot.cli.main import run
from retrieval.brief.sections import find_figures
from retrieval.nlp.entities import same_entity
from tests.ingestion.test_libreoffice import SOFFICE

TOPIC = "Ukraine NATO membership"
NEWEST = "001_82df3489a97b2c5e.txt"
SEEDS = Path(__file__).parents[1] / "seeds"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def note(seeds_dir: str, capsys: pytest.CaptureFixture[str], *options: str, topic: str = TOPIC) -> dict[str, Any]:
    """The document of a note."""
    assert run(["brief", topic, "--json", "--data-dir", seeds_dir, *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def files(made: dict[str, Any], numbers: list[int]) -> set[str]:
    """The files that these citations are from."""
    return {each["file"] for each in made["citations"] if each["number"] in numbers}


def test_the_note_opens_with_the_latest_and_has_both_positions_of_whoever_changed(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = note(seeds_dir, capsys)
    assert files(made, made["sentence"]["citations"]) == {NEWEST}
    assert made["sentence"]["published"] == "2025-12-14"
    first = made["positions"][0]
    assert first["actor"] == "Volodymyr Zelenskyy" and first["changed"]
    assert files(made, first["citations"]) == {NEWEST}
    assert first["was"]["published"] == "2024-12-03"
    assert any(same_entity(each["actor"], "Russia") for each in made["positions"])


def test_an_office_told_two_ways_is_a_disagreement(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = note(seeds_dir, capsys)
    told = [side["said"] for each in made["disagreements"] for side in each["sides"]]
    assert told == ["Mark Rutte, Prime Minister of the Netherlands", "NATO Secretary-General Mark Rutte"]


def test_every_line_is_cited_and_every_quote_is_the_files_own(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = note(seeds_dir, capsys, "--as-of", "2025-12-20")
    held = [line for each in made["positions"] for line in (each, each["was"]) if line]
    sides = [side for each in made["disagreements"] for side in each["sides"]]
    course = [{"citations": [each["citation"]["number"]]} for each in made["timeline"]]
    lines = [made["sentence"], *made["new"], *held, *sides, *course, *made["figures"]]
    assert made["new"] and held and sides and course
    assert all(each["citations"] for each in lines)
    known = [each["number"] for each in made["citations"]]
    assert list(dict.fromkeys(number for each in lines for number in each["citations"])) == known
    for each in made["citations"]:
        assert (SEEDS / each["file"]).read_bytes().decode()[each["start"] : each["end"]] == each["quote"]
    assert known == list(range(1, len(known) + 1))


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("Ports with $40 billion or more of cargo pay dues.", "$40 billion"),
        ("The port turned $80m of cargo into dues.", "$80m of cargo"),
        ("The cranes take 12GW on the 3rd day.", "12GW"),
    ],
)
def test_a_figure_has_its_unit_and_ends_with_what_it_counts(text: str, figure: str) -> None:
    step: Any = (SimpleNamespace(day="2026-03-02", sentence=SimpleNamespace(text=text)), None)
    assert [value for value, _ in find_figures([step])] == [figure]


def test_as_of_leaves_out_what_came_later(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = note(seeds_dir, capsys, "--as-of", "2024-12-31")
    assert NEWEST not in {each["file"] for each in made["citations"]}
    assert made["as_of"] == "2024-12-31" and made["coverage"]["newest"] == "2024-12-04"
    assert made["positions"] and not any(each["changed"] for each in made["positions"])


def test_an_opening_that_is_nobodys_is_put_in_nobodys_mouth(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = note(seeds_dir, capsys, "--until", "2024-12-31")
    assert made["sentence"]["actor"] is None and len(made["positions"]) > 1
    for held in made["positions"]:
        assert set(held["actor"].split()) & set(re.findall(r"\w+", held["statement"]))


def test_what_is_new_is_what_came_in_the_last_weeks(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = note(seeds_dir, capsys, "--as-of", "2025-12-20")
    assert fresh["new"] and {each["published"] for each in fresh["new"]} == {"2025-12-14"}
    named = note(seeds_dir, capsys, "--as-of", "2026-11-29", "--since", "2025-12-14")
    assert named["since"] == "2025-12-14" and {each["published"] for each in named["new"]} == {"2025-12-14"}
    stale = note(seeds_dir, capsys, "--as-of", "2026-11-29")
    assert stale["new"] == []
    assert stale["not_known"][0] == "Nothing newer than 15 Nov 2026: the newest article about it is of 14 Dec 2025."


def test_a_short_note_is_shorter_than_a_long_one(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    short, long = (note(seeds_dir, capsys, "--length", length) for length in ("short", "long"))
    assert len(short["timeline"]) == 5 < len(long["timeline"])
    assert len(short["positions"]) == 3


def test_a_note_has_as_many_new_statements_as_its_length_allows_the_newest_first(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    days = "--as-of", "2025-12-20", "--since", "2024-12-03"
    short, page = (note(seeds_dir, capsys, "--length", length, *days)["new"] for length in ("short", "page"))
    assert (len(short), len(page)) == (2, 3)
    assert [each["published"] for each in page] == ["2024-12-04", "2024-12-03", "2024-12-03"]


@pytest.mark.parametrize("topic", [TOPIC, "European troops in Ukraine"])
def test_an_earlier_position_is_older_than_the_one_now(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], topic: str
) -> None:
    made = note(seeds_dir, capsys, "--as-of", "2025-12-20", topic=topic)
    assert made["positions"]
    assert all(each["was"]["published"] < each["published"] for each in made["positions"] if each["was"])


@pytest.mark.parametrize(
    "topic",
    ["tuna quotas in the Pacific", "zebras", "x" * 1000, "Was kostet die Milch?", "Хто ловить тунця?", "金枪鱼 配额"],
)
def test_a_topic_nobody_wrote_about_gives_no_filler(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], topic: str
) -> None:
    made = note(seeds_dir, capsys, topic=topic)
    assert made["sentence"] is None and made["citations"] == [] and made["positions"] == []
    assert run(["brief", topic, "--data-dir", seeds_dir]) == 0
    assert "No article is clearly about this: I searched 5 articles" in " ".join(capsys.readouterr().out.split())


def test_one_word_and_a_sentence_of_a_thousand_characters_are_topics(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = note(seeds_dir, capsys, topic="NATO")
    assert files(made, made["sentence"]["citations"]) == {NEWEST}
    long = ("Ukraine and NATO membership, the membership of Ukraine in NATO, " * 20)[:1000]
    assert run(["brief", long, "--format", "markdown", "--data-dir", seeds_dir]) == 0
    title, _, *others = capsys.readouterr().out.splitlines()
    assert len(title) < 200 and "## Who holds what" in others
    assert run(["brief", "?!", "--data-dir", seeds_dir]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_text_has_the_sections_in_order_and_the_sources_at_the_end(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["brief", TOPIC, "--audience", "the minister", "--data-dir", seeds_dir]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == TOPIC and shown.splitlines()[1].endswith(" for the minister")
    places = [shown.index(f"\n{each}\n") for each in ("IN A SENTENCE", "WHO HOLDS WHAT", "NOT KNOWN", "SOURCES")]
    assert places == sorted(places)
    assert "was, 3 Dec 2024: " in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_the_word_document_has_headings_a_table_footnotes_and_a_figure(
    seeds_dir: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "note.docx"
    monkeypatch.setenv("BRIEFING_SOURCE_BASE_URL", "https://example.org")
    assert run(["brief", TOPIC, "-o", str(file), "--data-dir", seeds_dir]) == 0
    document = docx.Document(str(file))
    headings = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings[0] == "In a sentence" and "Who holds what" in headings
    (table,) = document.tables
    assert table.cell(1, 0).text == "Volodymyr Zelenskyy" and "was, 3 Dec 2024: " in table.cell(1, 1).text
    assert len(document.inline_shapes) == 1
    with zipfile.ZipFile(file) as parts:
        notes = ElementTree.fromstring(parts.read("word/footnotes.xml"))  # noqa: S314 - our own
        body = parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/footnotes.xml.rels").decode()
    known = [each.get(f"{WORD}id") for each in notes][2:]
    assert re.findall(r'<w:footnoteReference w:id="(\d+)"', body) == known == [*map(str, range(1, len(known) + 1))]
    assert f"{NEWEST}#L25" in "".join(notes[2].itertext())
    assert links.count('TargetMode="External"') == len(known) and f"https://example.org/{NEWEST}#L25" in links


@pytest.mark.slow
def test_the_pdf_has_the_same_words(seeds_dir: str, tmp_path: Path) -> None:
    file = tmp_path / "note.pdf"
    assert run(["brief", TOPIC, "-o", str(file), "--data-dir", seeds_dir]) == 0
    pages = pypdfium2.PdfDocument(str(file))
    first, *_ = (" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)
    assert "Who holds what" in first and "remarkable concession on Ukraine’s part" in first
    assert "2 articles print or rewrite the text of AP." in first  # the last words before the picture and the sources
    assert len(pages) == 2


def test_markdown_has_a_table_that_others_read(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["brief", TOPIC, "--format", "markdown", "--data-dir", seeds_dir]) == 0
    page = MarkdownIt("commonmark").enable("table").render(capsys.readouterr().out)
    assert page.count("<table>") == 1 and "<th>Position</th>" in page
    assert re.search(r"<td>Volodymyr Zelenskyy</td>\s*<td>.*<br>", page)


def test_hostile_titles_and_topics_are_text_in_every_form(tmp_path: Path, models_dir: Path) -> None:
    data, press = tmp_path / "data", tmp_path / "press"
    data.mkdir()
    press.mkdir()
    (data / "models").symlink_to(models_dir)
    title = "=HYPERLINK(1) <script>alert(1)</script> [x](javascript:1) | cell"
    said = "Mayor Ines Aerts said the harbour toll will rise to 48 euros <img src=x onerror=alert(1)> in May."
    head = f"title: '{title}'\nauthor: '{{ MACROBUTTON x }}'\nurl: javascript:alert(1)\npublished: 2025-03-02"
    (press / "toll.md").write_text(f"---\n{head}\n---\n{said}\n")
    assert run(["ingest", str(press), "--data-dir", str(data)]) == 0
    topic = "harbour toll <b>|"
    for form in ("html", "docx", "markdown"):
        assert run(["brief", topic, "-o", str(tmp_path / f"n.{form}"), "--format", form, "--data-dir", str(data)]) == 0
    page = (tmp_path / "n.html").read_text()
    assert "48 euros" in page and "<script>" not in page and "<img src=x" not in page and "javascript:1)" in page
    word = zipfile.ZipFile(io.BytesIO((tmp_path / "n.docx").read_bytes()))
    parts = {name: word.read(name).decode() for name in word.namelist() if name.endswith((".xml", ".rels"))}
    assert "word/document.xml" in parts
    assert not any(re.search("fldChar|fldSimple|instrText|w:hyperlink ", part) for part in parts.values())
    assert not any("External" in part for part in parts.values())
    assert not any("vba" in name.lower() or "embeddings" in name for name in word.namelist())
    rendered = MarkdownIt("commonmark").enable("table").render((tmp_path / "n.markdown").read_text())
    assert "<script>" not in rendered and "<img" not in rendered


def test_wrong_options_are_one_line(seeds_dir: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["brief", "", "--data-dir", seeds_dir]) == 1
    assert run(["brief", TOPIC, "--json", "--format", "html", "--data-dir", seeds_dir]) == 2
    assert run(["brief", TOPIC, "-o", str(tmp_path / "no" / "n.md"), "--data-dir", seeds_dir]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_libreoffice_opens_the_files(seeds_dir: str, tmp_path: Path, form: str) -> None:
    file, opened = tmp_path / f"note.{form}", tmp_path / "opened"
    assert run(["brief", TOPIC, "-o", str(file), "--data-dir", seeds_dir]) == 0
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--infilter=draw_pdf_import"] if form == "pdf" else []
    command += ["--convert-to", "pdf", "--outdir", str(opened), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=120, text=True)
    assert "error" not in (done.stdout + done.stderr).lower()
    pages = list(pypdfium2.PdfDocument(str(opened / "note.pdf")))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)
    assert len(pages) == 2
    assert all(each in text for each in ("Who holds what", "was, 3 Dec 2024", "Not known", f"{NEWEST}:25"))


def test_a_figure_has_what_it_counts_in_the_language_of_its_article(
    tmp_path: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    told = [
        "El puerto de Torval recibe 14 millones de euros para su nuevo muelle.",
        "Del nuevo muelle del puerto de Torval se ha construido la parte primera (1 de 3).",
    ]
    for number, text in enumerate(told, 1):
        front = f"---\ntitle: El puerto de Torval\npublished: 2025-03-0{number}\n---\n"
        (tmp_path / f"{number}.md").write_text(f"{front}{text}\n", "utf-8")
    data = str(tmp_path / "data")
    assert run(["ingest", *(str(tmp_path / f"{number}.md") for number in (1, 2)), "--data-dir", data]) == 0
    capsys.readouterr()
    made = note(data, capsys, topic="puerto de Torval")
    assert [each["value"] for each in made["figures"]] == ["14 millones de euros"]
