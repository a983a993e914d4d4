"""Each kind of question, asked of the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from retrieval.bootstrap import open_briefing
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.services import corpus
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings

DAY = date(2026, 2, 1)


@pytest.fixture(scope="module")
def seeds(seeds_dir: str) -> Iterator[Briefing]:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        yield briefing


@pytest.fixture(scope="module")
def articles_in_their_languages(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Briefing]:
    """Articles in French, Spanish and German, of affairs that are made up."""
    data = tmp_path_factory.mktemp("data")
    (data / "models").symlink_to(models_dir)
    made_up = Path(__file__).parent / "benchmarks" / "affairs"
    with open_briefing(Settings(data_dir=data)) as briefing:
        briefing.articles.ingest([made_up / affair for affair in ("reconnaissance_faciale", "embalse", "rakete")])
        yield briefing


def ask(briefing: Briefing, question: str) -> Answer:
    given = briefing.asking.ask(question, Filter(), as_of=DAY)
    for each in given.citations:
        opened = briefing.articles.open(each.key)
        assert opened
        assert opened[1][each.start : each.end] == each.quote
    assert all(set(each.citations) <= {cited.number for cited in given.citations} for each in given.statements)
    return given


@pytest.mark.parametrize("text", ["hello", "Thanks!", "help", "What can you do?", "Who are you?", "Danke", "¡Hola!"])
def test_a_courtesy_gets_one_line_and_no_search(seeds: Briefing, text: str) -> None:
    given = ask(seeds, text)
    assert (given.standing, given.reason, given.closest, given.citations) == ("nothing", "courtesy", (), ())
    assert given.message.startswith("I answer questions")


@pytest.mark.parametrize("question", ["What articles do you have?", "List all articles", "Welche Artikel hast du?"])
def test_the_articles_are_listed_newest_first_and_counted(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert given.standing == "answered"
    assert given.text.startswith("5 articles, the newest first:")
    days = [each.day for each in given.citations]
    assert len(days) == 5
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("question", ["THAAD", "Which article mentions THAAD?", "Do you have anything on THAAD?"])
def test_a_mention_is_cited(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert given.standing == "answered"
    assert [each.file for each in given.citations] == ["003_ae0ffda6198364ad.txt"]
    assert given.citations and all("THAAD" in each.quote for each in given.citations)
    assert [each.citation for each in given.excerpts] == [1]


@pytest.mark.parametrize("question", ["Xyzzyplugh", "Do you have anything on Xyzzyplugh?"])
def test_what_stands_nowhere_is_said_to_be_in_no_article(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert (given.standing, given.citations) == ("nothing", ())
    assert given.message == "No article mentions “Xyzzyplugh”: I searched all 5 articles."


def test_the_latest_article_is_summarised(seeds: Briefing) -> None:
    given = ask(seeds, "Summarise the latest article")
    assert given.standing == "answered"
    assert {each.file for each in given.citations} == {"001_82df3489a97b2c5e.txt"}
    assert len(given.statements) > 1


def test_an_article_is_summarised_by_its_file(seeds: Briefing) -> None:
    given = ask(seeds, "summarise 002_109866a445957986.txt")
    assert {each.file for each in given.citations} == {"002_109866a445957986.txt"}
    assert ask(seeds, "summarise 999_nothing.txt").standing == "nothing"


@pytest.mark.parametrize("question", ["brief me on Ukraine and NATO", "Summarise Ukraine's NATO membership"])
def test_a_topic_leads_with_the_newest(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert given.citations[0].file == "001_82df3489a97b2c5e.txt"
    assert given.statements[0].opening.startswith("As of 14 Dec 2025")
    assert len({each.file for each in given.citations}) > 1


@pytest.mark.parametrize("question", ["What is new?", "Was gibt es Neues?"])
def test_what_is_new_is_what_came_last(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert {each.file for each in given.citations} == {"001_82df3489a97b2c5e.txt"}


@pytest.mark.parametrize("question", ["What happened in December 2024?", "Was passierte im Dezember 2024?"])
def test_a_month_is_summarised(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert given.standing == "answered"
    assert {each.day[:7] for each in given.citations} == {"2024-12"}


@pytest.mark.parametrize(
    "question", ["What happened in March 2020?", "What happened yesterday?", "Brief me on quantum gravity"]
)
def test_without_anything_to_summarise_that_is_said(seeds: Briefing, question: str) -> None:
    given = ask(seeds, question)
    assert (given.standing, given.citations, given.reason) == ("nothing", (), "not_found")
    assert given.message.startswith("No article")
    assert "14 December 2025" in given.message


def test_where_nothing_was_published_this_week_older_articles_are_shown_as_such(seeds: Briefing) -> None:
    given = ask(seeds, "What did Zelenskyy say about NATO membership this week?")
    assert (given.standing, given.reason) == ("possible", "uncertain")
    assert given.message.startswith("Nothing in the articles was published from 25 January 2026 to 1 February 2026")
    assert given.excerpts
    assert not given.grounded


def test_where_nothing_was_published_this_week_nor_says_anything_both_are_said(seeds: Briefing) -> None:
    given = ask(seeds, "What did the tuna fishers of Palau say about quotas this week?")
    assert (given.standing, given.citations) == ("nothing", ())
    none = "Nothing in the articles was published from 25 January 2026 to 1 February 2026. "
    assert given.message.startswith(none) and given.message.removeprefix(none)


def test_a_day_of_an_event_hides_no_article_that_came_out_later(seeds: Briefing) -> None:
    given = ask(seeds, "What did NATO leaders affirm at a summit in July 2024?")
    assert given.searched.articles == 5
    assert given.standing == "answered"
    assert any("July" in each.quote for each in given.citations)


def test_a_day_of_publication_filters(seeds: Briefing) -> None:
    assert ask(seeds, "What was published in December 2025 about NATO?").searched.articles == 1


def test_a_question_is_understood_once(seeds: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    understand = corpus.understand  # type: ignore[attr-defined]

    def counted(question: str, **more: object) -> object:
        read.append(question)
        return understand(question, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(corpus, "understand", counted)
    for question in ("Who leads NATO?", "brief me on NATO", "THAAD", "Does Ukraine still want to join NATO?"):
        read.clear()
        seeds.asking.ask(question, Filter(), as_of=DAY)
        assert read == [question]


def test_where_hardly_any_article_has_a_date_an_answer_about_now_says_so(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bridge.txt").write_text(
        "Bridge at Hale\n\nThe town of Hale closed its old bridge to lorries. Mayor Ada Lund wants a new bridge.\n"
    )
    with open_briefing(Settings(data_dir=tmp_path / "data")) as briefing:
        briefing.articles.ingest([tmp_path / "in"])
        given = briefing.asking.ask("Does Mayor Ada Lund still want a new bridge?", Filter(), as_of=DAY)
        assert given.standing == "answered"
        assert given.note == "Hardly any of the articles has a date, so I could not go by days"
        assert briefing.asking.ask("Who wants a new bridge?", Filter(), as_of=DAY).note is None


@pytest.mark.parametrize(
    ("question", "holder"),
    [
        ("Who leads NATO?", "NATO Secretary-General Mark Rutte"),
        ("Who is the NATO chief?", "NATO Secretary-General Mark Rutte"),
        ("Who is the president of Ukraine?", "President Volodymyr Zelenskyy"),
    ],
)
def test_whoever_holds_an_office_is_named_first(seeds: Briefing, question: str, holder: str) -> None:
    assert holder in seeds.asking.ask(question, Filter()).citations[0].quote


def test_a_number_asked_about_is_settled_by_what_counts_the_same(seeds: Briefing) -> None:
    answer = seeds.asking.ask("Does NATO have 40 members?", Filter())
    assert "the 32 NATO member nations" in answer.citations[0].quote
    assert answer.standing == "possible"  # nobody says how many more, or fewer


def test_a_comparison_leads_with_what_speaks_of_both_sides(seeds: Briefing) -> None:
    given = ask(seeds, "How do the US and German positions on Ukraine's membership differ?")
    assert "Both the US and Germany" in given.citations[0].quote


def test_a_comparison_has_evidence_for_the_side_that_is_told_of_least(seeds: Briefing) -> None:
    given = ask(seeds, "What is the difference between Rutte's and Zelensky's view?")
    quotes = [each.quote for each in given.citations]
    assert any("Rutte" in quote for quote in quotes[:2]) and any("Zelensk" in quote for quote in quotes[:2])


def test_the_newest_leads_where_it_is_not_sure_that_it_answers(seeds: Briefing) -> None:
    given = ask(seeds, "Is the accession plan dead?")
    assert given.standing == "possible"
    assert given.citations[0].published == max(each.published or "" for each in given.citations)


@pytest.mark.parametrize("office", ["the NATO chief", "the NATO SG", "the head of NATO", "NATO's secretary-general"])
def test_an_office_is_asked_for_by_its_holder_as_the_articles_spell_it_out(seeds: Briefing, office: str) -> None:
    given = ask(seeds, f"What did {office} say about Ukraine's position?")
    assert "Rutte" in given.citations[0].quote


def test_an_office_that_no_article_fills_is_left_as_it_is(seeds: Briefing) -> None:
    assert ask(seeds, "What did the mayor of Lodd say?").standing != "answered"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many inspectors did the IAEA send?", "four inspectors"),
        ("Did the ECB cut rates?", "did not cut rates"),
        ("Was the AU invited to the talks?", "was not invited"),
        ("What did Zelenskyy visit in Kiev?", "visited the river port"),
    ],
)
def test_names_are_found_as_the_articles_spell_them(
    tmp_path: Path, models_dir: Path, question: str, words: str
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "visit.txt").write_text(
        "A visit to the plant\n\nPresident Volodymyr Zelensky visited the river port of Kyiv on Tuesday.\n\n"
        "The International Atomic Energy Agency sent four inspectors to the plant at Rivne on the same day.\n",
        "utf-8",
    )
    (articles / "rates.txt").write_text(
        "Rates stay where they are\n\nThe European Central Bank did not cut rates on Thursday.\n\n"
        "The African Union was not invited to the talks in Velden.\n",
        "utf-8",
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    with open_briefing(Settings(data_dir=tmp_path / "data")) as briefing:
        briefing.articles.ingest([articles])
        given = ask(briefing, question)
    assert given.standing == "answered"
    assert words in given.citations[0].quote


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("¿Cuánto cuestan los buques cisterna?", True),
        ("Combien de temps les images seraient-elles conservées ?", True),
        ("Wie viele Firmen sind am Bau der Rakete beteiligt?", True),
        ("Combien de temps dure le trajet en tramway ?", False),
        ("Wie viele Krankenhäuser gibt es in Lorn?", False),
    ],
)
def test_a_question_is_weighed_by_what_it_is_about_in_its_language(
    articles_in_their_languages: Briefing, question: str, known: bool
) -> None:
    given = articles_in_their_languages.asking.ask(question, Filter(), as_of=DAY)
    assert (given.standing == "answered") is known


def test_a_topic_of_several_words_that_no_article_has_together_is_looked_for_by_meaning(seeds: Briefing) -> None:
    given = ask(seeds, "Do you have anything on guarantees after an armistice?")
    assert given.standing != "nothing"
    assert any("guarantee" in each.quote for each in given.citations)


def test_a_timeline_of_two_words_has_what_is_nearest(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    article = tmp_path / "a.md"
    article.write_text(
        "---\ntitle: Watchdog sends the plans back\npublished: 2025-02-11\n---\n\nHaldania's Nuclear Safety "
        "Directorate on Tuesday declined to recommend a construction licence for the deep repository at Korsvik, "
        "telling the state-owned company behind it that its canisters had not been shown to last in groundwater.\n\n"
        "The company applied in 2022 and has spent 1.3 billion crowns so far, most of it on a test tunnel.\n"
    )
    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([article])
        told = briefing.timelines.trace("Directorate licence", Filter()).entries
    assert any("declined to recommend" in each.text for each in told)


def test_a_topic_of_two_words_is_not_any_article_that_has_both(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    articles = tmp_path / "articles"
    articles.mkdir()
    told = "Harbour Accounts are savings accounts for children of dockers. Parents may pay in 900 crowns a year."
    apart = "The harbour authority closed its books. Bank accounts of the harbour were audited in May."
    (articles / "savings.md").write_text(f"---\npublished: 2026-01-05\n---\n# Saving\n\n{told}\n", "utf-8")
    (articles / "audit.md").write_text(f"---\npublished: 2026-01-20\n---\n# Audit\n\n{apart}\n", "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([articles])
        given = ask(briefing, "Brief me on Harbour Accounts")

    assert {each.file for each in given.citations} == {"savings.md"}


@pytest.mark.parametrize(
    "question",
    ["What happened in December?", "What happened with the ferry in December 2025?", "Was geschah im Dezember?"],
)
def test_what_happened_in_some_days_is_told_by_more_than_the_last_position_of_a_long_story(
    tmp_path: Path, models_dir: Path, question: str
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    articles = tmp_path / "articles"
    articles.mkdir()
    reports = {
        "2025-11-20": "The owners of the Korsvik ferry asked the council for a loan of 3 million crowns.",
        "2025-12-04": "The council voted on Tuesday to lend the owners of the Korsvik ferry 3 million crowns.",
        "2025-12-26": "The owners of the Korsvik ferry paid the loan of 3 million crowns back to the council.",
    }
    for day, told in reports.items():
        text = f"---\npublished: {day}\n---\n# The Korsvik ferry and its loan, part {day[-2:]}\n\n{told}\n"
        (articles / f"{day[5:]}.md").write_text(text, "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([articles])
        given = ask(briefing, question)

    assert {each.file for each in given.citations} == {"12-04.md", "12-26.md"}


@pytest.mark.parametrize("question", ["What is new?", "Summarise the latest article"])
def test_a_list_without_a_sentence_is_not_the_latest_news(tmp_path: Path, models_dir: Path, question: str) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "told.md").write_text(
        "---\npublished: 2026-01-05\n---\n# Ferry\n\nThe ferry to Korsvik sank in the night on Monday.\n", "utf-8"
    )
    draft = "---\npublished: 2026-01-31\n---\n# Report\n\nIncome:\n- donations\n- shop\n\nSpending:\n- staff\n"
    (articles / "draft.md").write_text(draft, "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([articles])
        given = ask(briefing, question)

    assert [each.quote for each in given.citations] == ["The ferry to Korsvik sank in the night on Monday."]


def test_a_mention_in_a_heading_is_the_one_cited(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    articles = tmp_path / "articles"
    articles.mkdir()
    text = "# Laws\n\nMost states limit the fee to 500 crowns.\n\n## Ostmark comes next\n\nThe others have none yet.\n"
    (articles / "laws.md").write_text(text, "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([articles])
        given = ask(briefing, "Do you have anything on Ostmark?")

    assert "Ostmark" in given.citations[0].quote


@pytest.mark.parametrize("question", ["What happened before 2020?", "Summarise the articles before 2015"])
def test_days_before_all_articles_have_nothing_to_summarise(seeds: Briefing, question: str) -> None:
    assert ask(seeds, question).standing == "nothing"


def test_a_day_that_an_article_names_in_its_language_is_the_one_asked_about(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    article = tmp_path / "consulta.md"
    told = "El alcalde de Torval quiere aplazar la consulta sobre el puente prevista para el 26 de abril."
    why = (
        "La consulta del 26 de abril sobre el puente debe aplazarse, dijo, porque la gripe vacía las calles de Torval."
    )
    article.write_text(f"---\npublished: 2023-03-05\n---\n# La consulta de Torval\n\n{told} {why}\n", "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([article])
        given = ask(briefing, "¿Por qué quiere el alcalde de Torval aplazar la consulta del 26 de abril?")

    assert given.standing == "answered"
    assert any("gripe" in each.quote for each in given.citations)


def test_what_only_comes_near_in_another_language_is_not_the_latest_on_the_matter(
    tmp_path: Path, models_dir: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    told = {
        "2024-03-05": "Desde el martes el permiso del gobierno ya no es necesario para entrar en el puerto. "
        "El gobierno dice que el permiso del puerto era solo una prueba.",
        "2024-11-20": "Lina Orde habló ante el parlamento sobre el futuro de las redes. Los pescadores la escucharon.",
        "2025-01-14": "Una vecina del público dijo que aquí ya no hay libertad y que todos son vigilados en la calle. "
        "Nosotros no compartimos esa idea de la vecina, aunque el debate fue largo.",
    }
    for day, text in told.items():
        (tmp_path / f"{day}.md").write_text(f"---\npublished: {day}\n---\n{text}\n", "utf-8")

    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([tmp_path / f"{day}.md" for day in told])
        given = ask(briefing, "¿Sigue siendo necesario el permiso del gobierno para entrar en el puerto?")

    assert given.citations[0].file == "2024-03-05.md"
