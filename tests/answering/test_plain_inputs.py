"""Tables, lists and languages without spaces or Latin letters, asked for as people ask, over files as they come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.vectors.chroma import DownloadedMiniLM
from retrieval.storage.vectors.exact import ExactVectors
from tests.fakes import opened

Asks = Callable[..., Answer]
OTHER = "The choir of Marn sang in the market hall on Sunday, and the mayor thanked the singers for their patience."
ROWS = "\n".join(f"| County {number} | {700 + number} | {900 + number} |" for number in range(120))


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return open_embedder("minilm", models_dir, fallback=DownloadedMiniLM)


@pytest.fixture
def ask(tmp_path: Path, embedder: Embedder) -> Asks:
    """The answer over files by name and text, beside one of another matter."""

    def asked(question: str, **files: str) -> Answer:
        for name, text in {"other_txt": OTHER, **files}.items():
            (tmp_path / name.replace("_", ".")).write_text(text, "utf-8")
        with opened(tmp_path) as catalog:
            briefing = Briefing(Corpus(catalog, lambda: embedder, lambda: ExactVectors(catalog), tmp_path, SILENT))
            briefing.articles.ingest(sorted(tmp_path.glob("*.*")))
            return briefing.asking.ask(question, Filter())

    return asked


def quoted(answer: Answer) -> str:
    return " ".join(each.quote for each in answer.citations[:1])


YEARS = "| Year | Cars |\n|---|---|\n| 2022 | 31 |\n| 2023 | 35 |\n| 2024 | 44 |"
TABLE = f"Cars on the bridge by year, in thousands:\n\n{YEARS}"
PAGE = (
    "<html><head><title>The bridge of Torv and its tolls</title></head>"
    "<body><article><h1>The bridge of Torv and its tolls</h1>"
    f"<p>{OTHER} The bridge was opened by the county in 1931 and has been mended twice since, says the office.</p>"
    "<p>Tolls on the bridge, in crowns:</p><table><tr><th>Vehicle</th><th>Toll</th></tr>"
    "<tr><td>Motorcycle</td><td>7</td></tr><tr><td>Lorry</td><td>52</td></tr></table></article></body></html>"
)


@pytest.mark.parametrize(
    ("question", "files", "row"),
    [
        (
            "How many cars crossed the bridge in 2024?",
            {"a_md": f"# Bridge of Torv\n\n{OTHER}\n\n{TABLE}\n"},
            "2024 | 44",
        ),
        ("What is the toll for a lorry on the bridge?", {"a_html": PAGE}, "Lorry | 52"),
        ("How many cars crossed in 2023?", {"a_csv": "Year,Cars crossed\n2022,31\n2023,35\n2024,44\n"}, "Year: 2023"),
        (
            "Which ferry sails to Kellin?",
            {"a_md": f"# Ferries of Torv\n\n{OTHER}\n\nFerries by port:\n\n- Velden: Aurelia\n- Kellin: Borealis\n"},
            "Borealis",
        ),
    ],
)
def test_a_row_or_item_answers(question: str, files: dict[str, str], row: str, ask: Asks) -> None:
    answer = ask(question, **files)
    assert answer.standing == "answered"
    assert row in quoted(answer)


def test_the_row_of_a_long_table_is_shown_under_its_header(ask: Asks) -> None:
    text = (
        f"# Staff of the survey\n\n{OTHER}\n\nStaff of the survey:\n\n| Place | 2023 | 2024 |\n|---|---|---|\n{ROWS}\n"
    )
    answer = ask("How many staff did the survey have in County 117 in 2024?", a_md=text)
    shown = next(each for each in answer.excerpts if "County 117 |" in each.text)
    assert shown.lead == "Place · 2023 · 2024"


ASKED = [
    ("杜拉港今年收入三千万克朗。市长安娜·贝尔宣布修建新桥。", "谁宣布修建新桥？", "市长安娜"),
    ("桥梁将于五月开放。渡轮票价是十二克朗。", "渡轮票价是多少？", "十二克朗"),
    (
        "市長は新しい橋を建設すると発表した。渡し船の運賃は十二クローナである。",
        "渡し船の運賃はいくらですか？",
        "十二クローナ",
    ),
    ("시장은 새 다리를 짓겠다고 밝혔다. 나룻배 요금은 12크로나이다.", "나룻배 요금은 얼마입니까?", "12크로나"),
    ("นายกเทศมนตรีประกาศสร้างสะพานใหม่ในเดือนหน้า ค่าโดยสารเรือข้ามฟากคือ 12 โครน", "ค่าโดยสารเรือข้ามฟากเท่าไร", "12 โครน"),
    ("Мэр объявила о строительстве моста. Билет на паром стоит 12 крон.", "Сколько стоит билет на паром?", "12 крон"),
    ("أعلنت رئيسة البلدية بناء جسر جديد. سعر تذكرة العبارة هو 12 كرونة.", "كم سعر تذكرة العبارة؟", "12 كرونة"),
    (
        "Мер оголосила про будівництво мосту. Квиток на пором коштує 12 крон.",
        "Скільки коштує квиток на пором?",
        "12 крон",
    ),
]


@pytest.mark.parametrize(("text", "question", "told"), ASKED)
def test_a_question_in_the_words_of_its_article_is_answered(text: str, question: str, told: str, ask: Asks) -> None:
    answer = ask(question, a_txt=f"{text}\n")
    assert answer.standing == "answered"
    assert told in quoted(answer)


@pytest.mark.parametrize(
    "question",
    ["总统何时辞职？", "誰が大統領ですか？", "대통령은 누구입니까?", "นายกรัฐมนตรีลาออกเมื่อไร", "Кто выиграл выборы?"],
)
def test_what_no_article_tells_is_not_answered_in_any_script(question: str, ask: Asks) -> None:
    assert (
        ask(question, **{f"a{number}_txt": f"{text}\n" for number, (text, *_) in enumerate(ASKED)}).standing
        != "answered"
    )
