"""Answers about now and about change: the latest position first, with its day, then what it replaced."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from bot.presentation import json_output, terminal
from bot.presentation.discord import rendering
from bot.presentation.links import Bases
from retrieval import tuned
from retrieval.answering.dating import PublicationDay, openings, warn
from retrieval.answering.extractive import answer
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Article, Filter, Hit, Metadata, Passage, Searched
from retrieval.embedding.base import Embedder
from retrieval.evidence.sentence_selection import gather
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import understand
from retrieval.search.fusion import Candidate
from retrieval.search.hybrid import Found, gauge
from tests.fakes import WordVectors
from tests.shown import plain

EMBEDDER = Embedder("words", WordVectors(256))
TODAY = date(2026, 1, 1)
NOWHERE = Bases("", "")
STILL = "Does Norland still insist on joining the Pact?"
INSISTS = "Norland still insists on joining the Pact, Ada Berg said."
GIVES_UP = "Norland has given up on joining the Pact, Ada Berg said."


def ask(
    question: str,
    *told: tuple[str | None, str],
    across: tuple[tuple[str | None, str], ...] = (),
    estimated: bool = False,
    max_sentences: int | None = None,
    today: date = TODAY,
) -> Answer:
    """The answer from passages, each of an article of its own and of this day, that were found in this order.

    Those of `across` were found only by looking through all times.
    """
    query = understand(question, as_of=today)
    hits = [Hit(passage(number, *each, estimated), 0.8 - number / 100) for number, each in enumerate((*told, *across))]
    topic = gauge(
        EMBEDDER.query(query.focus),
        EMBEDDER.query(query.subject),
        [Candidate(each.passage.id, each.passage.id, each.passage.id, None, 0.0, 0.0) for each in hits],
        {each.passage.id: EMBEDDER.query(each.passage.text) for each in hits},
    )
    weights = dict.fromkeys(content_terms(query.focus), 1.0)
    found = Found(
        tuple(hits[: len(told)]),
        Searched(len(hits), "2025-12-14"),
        len(hits),
        Filter(),
        EMBEDDER.query(query.focus),
        weights,
        {},
        tuple(hits),
        today,
        topic,
    )
    evidence = gather(query, found, EMBEDDER.documents)
    return answer(query, found, evidence, EMBEDDER.documents, max_sentences)


def passage(number: int, day: str | None, text: str, estimated: bool) -> Passage:
    known = Metadata(title="A headline", published=day, published_estimated=estimated)
    article = Article(number, f"{number}.txt", known, number, f"key{number}")
    return Passage(number, article, 0, len(text), 1, text)


def test_the_latest_position_leads_with_its_day_and_what_it_replaced_follows_with_its_own() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP))
    assert given.text == (f"As of 14 Dec 2025: {GIVES_UP} [1] Earlier, 3 Dec 2024: {INSISTS} [2]")
    assert [each.quote for each in given.citations] == [GIVES_UP, INSISTS]


def test_the_latest_position_is_found_even_where_the_search_for_the_words_missed_it() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), across=(("2025-12-14", GIVES_UP),))
    assert given.text.startswith(f"As of 14 Dec 2025: {GIVES_UP} [1]")


def test_the_latest_leads_where_it_only_shares_its_subject_with_what_answers_in_the_words_of_the_question() -> None:
    given = ask(
        "Does Norland still defend the fuel levy?",
        ("2024-03-01", "Norland keeps the fuel levy, a duty that drivers fought, Ada Berg said."),
        ("2024-06-01", "Norland will defend the fuel levy, a duty that drivers fought, Ada Berg said."),
        ("2025-12-14", "Norland has scrapped the duty that drivers fought, Ada Berg said."),
    )
    assert given.text.startswith("As of 14 Dec 2025: Norland has scrapped the duty that drivers fought")
    assert given.citations[1].published in ("2024-03-01", "2024-06-01")


def test_what_the_same_one_does_elsewhere_is_not_the_latest_on_the_matter() -> None:
    given = ask(
        STILL,
        ("2024-12-03", INSISTS),
        ("2025-11-20", GIVES_UP),
        ("2025-12-14", "Norland pays its teachers more, said Ada Berg, and builds ten new schools."),
    )
    assert given.text.startswith(f"As of 20 Nov 2025: {GIVES_UP} [1]")
    assert len(given.citations) == 2


def test_where_nothing_newer_names_who_is_asked_about_the_newest_that_does_leads() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", "Sudmark is joining the Pact, its king said."))
    assert given.text.startswith(f"As of 3 Dec 2024: {INSISTS} [1]")


def test_what_others_say_of_the_matter_later_is_not_the_position_of_whom_the_question_asks_about() -> None:
    refuses = "Minister Ada Berg refuses to lower the harbour toll, she told the hauliers."
    lowers = "Minister Ada Berg is willing to lower the harbour toll, she told the crews."
    others = "Hauliers demanded to lower the harbour toll at once, their federation told it. Berg opened a school."
    given = ask(
        "Does Berg still refuse to lower the harbour toll?",
        ("2024-12-03", refuses),
        ("2025-11-20", lowers),
        ("2025-12-14", others),
    )
    assert given.text.startswith(f"As of 20 Nov 2025: {lowers} [1]")


def test_whether_something_has_come_about_is_told_by_the_newest_that_tells_of_it() -> None:
    put_off = "The council put off the vote by which the harbour toll has to be approved."
    approved = "The harbour toll was approved on Friday, by nine votes to six."
    given = ask("Has the harbour toll been approved?", ("2024-12-03", put_off), ("2025-12-14", approved))
    assert given.text == f"As of 14 Dec 2025: {approved} [1] Earlier, 3 Dec 2024: {put_off} [2]"


def test_whether_something_has_come_about_is_not_told_by_another_turn() -> None:
    approved = "The harbour toll was approved by the council, by nine votes to six."
    other = "The harbour dropped its plan for a new crane and gave up on ferries."
    given = ask("Has the harbour toll been approved by the council?", ("2024-12-03", approved), ("2025-12-14", other))
    assert given.text.startswith(f"As of 3 Dec 2024: {approved} [1]")


def test_a_script_gets_the_course_of_things_oldest_first_under_the_numbers_of_the_answer() -> None:
    document = json_output.answer(ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP)), NOWHERE)
    told = [(each["date"], each["text"], each["change"], each["citation"]["number"]) for each in document["timeline"]]
    assert told[0] == ("2024-12-03", INSISTS, "first", 2)
    assert told[1][:2] == ("2025-12-14", GIVES_UP)
    assert told[1][3] == 1
    assert document["timeline"][0]["citation"] == document["citations"][1]


def test_what_has_no_date_has_no_place_in_the_course_of_things() -> None:
    assert ask(STILL, (None, GIVES_UP)).timeline == ()
    assert [each.date for each in ask(STILL, (None, GIVES_UP), ("2024-12-03", INSISTS)).timeline] == ["2024-12-03"]


def test_a_question_about_neither_now_nor_change_has_no_course() -> None:
    assert ask("Who leads the Pact?", ("2024-12-03", "The man who leads the Pact is Jon Hald.")).timeline == ()


def test_a_date_that_is_an_estimate_says_so() -> None:
    given = ask(STILL, ("2025-12-14", GIVES_UP), estimated=True)
    assert given.text == f"As of 14 Dec 2025 (date estimated): {GIVES_UP} [1]"


def test_what_has_no_date_is_never_the_latest() -> None:
    given = ask(STILL, (None, GIVES_UP), ("2024-12-03", INSISTS))
    assert given.text.startswith(f"As of 3 Dec 2024: {INSISTS} [1]")
    alone = ask(STILL, (None, GIVES_UP))
    assert alone.text == f"{GIVES_UP} [1]"


def test_what_came_out_after_the_day_of_asking_is_not_the_position_of_that_day() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP), today=date(2024, 12, 10))
    assert given.text == f"As of 3 Dec 2024: {INSISTS} [1]"


def test_who_speaks_for_a_country_states_its_position() -> None:
    given = ask(
        STILL,
        ("2024-12-03", f"{INSISTS} Norland’s President Ada Berg smiled."),
        ("2025-12-14", "Berg has given up on joining the Pact."),
    )
    assert given.text.startswith("As of 14 Dec 2025: Berg has given up on joining the Pact. [1]")


def test_what_others_hold_is_no_earlier_position_of_who_is_asked_about() -> None:
    given = ask(
        "What is the position of the Norland Islands on joining the Pact?",
        ("2025-12-14", "The Norland Islands hold that joining the Pact is a mistake."),
        ("2025-06-04", "Two applicants hold a position on joining the Pact, on an island state of their own."),
        ("2024-12-03", "Sorland insists on joining the Pact, a position that its government holds."),
    )
    assert given.text == "As of 14 Dec 2025: The Norland Islands hold that joining the Pact is a mistake. [1]"


def test_a_paper_of_the_country_need_not_name_it() -> None:
    given = ask(
        STILL,
        ("2024-12-03", f"{INSISTS} In Berghamn the minister Olof Lind agreed."),
        ("2025-12-14", "The wish of joining the Pact has been given up, Olof Lind said in Berghamn."),
    )
    assert given.text.startswith("As of 14 Dec 2025: The wish of joining the Pact has been given up")


def test_a_day_more_is_no_news() -> None:
    question = "Who is currently leader of the Pact?"
    given = ask(
        question,
        ("2024-12-03", "The current leader of the Pact is Jon Hald."),
        ("2024-12-04", "The Pact has offices and a canteen, says Eva."),
    )
    assert given.text.startswith("As of 3 Dec 2024: The current leader of the Pact is Jon Hald. [1]")


def test_of_one_time_the_latest_leads_where_it_tells_nearly_as_much() -> None:
    given = ask(STILL, ("2025-12-10", INSISTS), ("2025-12-14", GIVES_UP))
    assert given.text.startswith(f"As of 14 Dec 2025: {GIVES_UP} [1]")


def test_what_the_latest_replaced_is_told_once_however_many_tell_it() -> None:
    before = [
        (f"2024-1{month}-03", INSISTS.replace("still ", word)) for month, word in enumerate(("still ", "", "yet "))
    ]
    given = ask(STILL, *before, ("2025-12-14", GIVES_UP))
    assert [each.quote for each in given.citations] == [GIVES_UP, before[-1][1]]


@pytest.mark.parametrize("day", ["2024-12-05", "2024-12-19", "2025-02-24", "2025-12-14"])
def test_a_reversal_leads_however_soon_it_came_and_has_what_it_replaced_beside_it(day: str) -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2024-12-02", INSISTS.replace("still ", "")), (day, GIVES_UP))
    assert [each.quote for each in given.citations[:2]] == [GIVES_UP, INSISTS]
    assert given.timeline[-1].change == "changed"


def test_of_one_day_the_later_hour_leads() -> None:
    given = ask(STILL, ("2024-12-03T06:40", INSISTS), ("2024-12-03T18:15", GIVES_UP))
    assert given.citations[0].quote == GIVES_UP
    assert given.timeline[-1].change == "changed"


def test_of_one_day_without_hours_what_gives_up_a_position_comes_after_what_holds_it() -> None:
    assert ask(STILL, ("2024-12-03", GIVES_UP), ("2024-12-03", INSISTS)).citations[0].quote == GIVES_UP


def test_a_question_that_does_not_say_now_is_led_by_the_turn_it_would_miss() -> None:
    given = ask("Norland and the Pact", ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP))
    assert given.citations[0].quote == GIVES_UP


def test_a_minister_at_home_speaks_for_the_country() -> None:
    told = "In Norland it rained. Trade Minister Ola Dahl insists on joining the Pact."
    given = ask(STILL, ("2024-12-03", told), ("2025-12-14", GIVES_UP))
    assert given.citations[1].quote == "Trade Minister Ola Dahl insists on joining the Pact."


@pytest.mark.parametrize("back", ["Their aim is that Norland joins the Pact.", "It insists on joining the Pact."])
def test_what_only_points_back_is_not_quoted_alone(back: str) -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", f"Norland spoke. {back} {GIVES_UP}"))
    assert back not in given.text


def test_what_the_newest_article_opens_with_does_not_lead_where_it_tells_little_of_the_matter() -> None:
    opening = "Ada Berg of Norland visited a school on Sunday with her two children."
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", f"{opening} {GIVES_UP}"))
    assert given.citations[0].quote == GIVES_UP


def test_the_course_of_things_keeps_to_the_length_of_an_answer() -> None:
    days = ("2025-12-14", "2025-06-01", "2024-12-03", "2024-01-03")
    reasons = ["".join(each) for each in product("ba do fe gi lu re so tu va wo zi ke pa mu".split(), repeat=2)]
    told = [
        (day, f"Norland changed its position on the Pact for {' '.join(reasons[45 * at :][:45])}.")
        for at, day in enumerate(days)
    ]
    given = ask("How has Norland's position on the Pact changed?", *told)
    assert len(given.citations) == 2, "a third would be too long"
    assert len(given.text.split()) - len(given.citations) <= tuned.ANSWER.max_words
    assert [each.published for each in given.citations] == sorted(days, reverse=True)[: len(given.citations)]


def test_as_many_sentences_as_are_asked_for_are_given() -> None:
    told = (("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP))
    assert len(ask(STILL, *told, max_sentences=1).citations) == 1


def test_a_question_about_neither_now_nor_change_gets_no_days() -> None:
    given = ask("Who leads the Pact?", ("2024-12-03", "The man who leads the Pact is Jon Hald."))
    assert given.text == "The man who leads the Pact is Jon Hald. [1]"


@pytest.mark.parametrize(
    ("question", "limit", "age"),
    [
        (STILL, 180, 394),
        (STILL, 394, None),
        (STILL, 0, None),
        ("What did Norland insist on in December 2024?", 180, None),
        ("How has Norland's position on the Pact changed since 2024?", 180, 394),
    ],
)
def test_an_answer_from_old_articles_says_how_old_they_are(question: str, limit: int, age: int | None) -> None:
    given = ask(STILL, ("2024-12-03", INSISTS))
    assert warn(given, understand(question, as_of=TODAY), TODAY, limit).age == age


def test_the_age_of_an_old_answer_is_told_in_the_terminal_and_in_discord() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS))
    old = warn(given, understand(STILL, as_of=TODAY), TODAY, 180)
    assert "came out 394 days ago." in " ".join(terminal.answer(old, NOWHERE).split())
    assert (
        "⚠️ **Old news**: the newest of these sources came out 394 days ago."
        in plain(rendering.answer, old, lambda _: "")[0]
    )
    assert json_output.answer(old, NOWHERE)["age_days"] == 394
    assert "Old news" not in terminal.answer(given, NOWHERE) + plain(rendering.answer, given, lambda _: "")[0]


def test_a_number_that_is_asked_for_is_no_position() -> None:
    given = ask(
        "How many currently want to join the Pact in Norland?",
        ("2024-12-03", "In Norland 40 of Ada Berg’s 90 deputies currently want to join the Pact."),
        ("2025-12-14", GIVES_UP),
    )
    assert given.text.startswith("As of 3 Dec 2024: In Norland 40 of Ada Berg’s 90 deputies")


def test_the_age_of_an_answer_is_that_of_its_newest_source() -> None:
    given = ask(STILL, ("2024-12-03", INSISTS), ("2025-12-14", GIVES_UP))
    assert warn(given, understand(STILL, as_of=TODAY), TODAY, 180).age is None


def test_a_day_that_comes_again_is_no_later_day() -> None:
    days = [PublicationDay("2026-03-02"), PublicationDay("2026-06-08"), PublicationDay("2026-03-02")]
    assert openings(days) == ["As of 2 Mar 2026:", "Later, 8 Jun 2026:", "As of 2 Mar 2026:"]


def test_how_many_there_are_now_is_told_by_the_newest_that_counts_them() -> None:
    given = ask(
        "How many ships wait in the harbour now?",
        ("2025-01-10", "40 ships wait in the harbour now."),
        ("2025-06-02", "12 ships wait in the harbour, the port said."),
    )
    assert given.statements[0].text == "12 ships wait in the harbour, the port said."
    assert given.statements[0].opening == "As of 2 Jun 2025:"


def test_which_ones_are_so_now_is_told_by_what_names_them_not_by_the_newest_on_the_matter() -> None:
    names = "Three states still have no toll law: Arden, Brack and Corley."
    newer = "The ministry wants a new toll law for all states, its spokeswoman said."
    given = ask("Which states still have no toll law?", ("2025-03-01", names), ("2025-11-01", newer))
    assert given.citations[0].quote == names


def test_whoever_alone_a_question_asks_about_is_told_of_by_what_they_do_not_by_the_newest_that_names_them() -> None:
    demands = "Norland demands that the Pact keeps out of its waters for good."
    newer = "The Pact has given up on its talks with Norland, its chief Carl Lund said."
    given = ask("What does Norland demand?", ("2025-03-01", demands), ("2025-11-01", newer))
    assert [each.quote for each in given.citations] == [demands]
