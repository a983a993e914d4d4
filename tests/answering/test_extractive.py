"""Answers made of the passages found: what is quoted, how much of it, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np

from retrieval.answering.extractive import answer
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Article, Filter, Hit, Metadata, Passage, Searched
from retrieval.embedding.base import Embedder
from retrieval.evidence.sentence_selection import gather
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import understand
from retrieval.search.hybrid import Found
from tests.fakes import WordVectors

EMBEDDER = Embedder("words", WordVectors(256))
LONG = "The summit in Vilnius " + "and again the ministers " * 40 + "agreed."


def ask(
    question: str, *texts: str, max_sentences: int | None = None, only: Filter | None = None, author: str | None = None
) -> Answer:
    """The answer to a question where these passages, each of an article of its own, were found in this order."""
    query = understand(question, as_of=date(2025, 1, 1))
    vector = EMBEDDER.query(query.focus)
    hits = tuple(Hit(passage(number, text, author), 0.8 - number / 100) for number, text in enumerate(texts))
    weights = dict.fromkeys(content_terms(query.focus), 1.0)
    found = Found(hits, Searched(len(texts), "2024-12-04"), len(texts), only or Filter(), vector, weights, {})
    evidence = gather(query, found, EMBEDDER.documents)
    return answer(query, found, evidence, EMBEDDER.documents, max_sentences)


def passage(number: int, text: str, author: str | None = None) -> Passage:
    known = Metadata(title="A headline", author=author, published="2024-12-04")
    article = Article(number, f"{number}.txt", known, number, f"key{number}")
    return Passage(number, article, 100, 100 + len(text), 7, text)


def test_the_quote_is_the_source_and_its_place_is_exact() -> None:
    given = ask("Who leads the alliance?", "First line.\nThe man who leads the alliance is Mark Rutte.\nLast line.")
    (citation,) = given.citations
    assert citation.quote == "The man who leads the alliance is Mark Rutte."
    assert (citation.start, citation.end) == (112, 157)
    assert (citation.line_start, citation.line_end) == (8, 8)
    assert given.text == "The man who leads the alliance is Mark Rutte. [1]"


def test_who_wrote_an_article_need_not_be_named_in_it() -> None:
    said = "I believe that robots are a serious danger to the workers of the harbour."
    asked = "What danger are robots to the workers of the harbour according to Rask?"
    assert ask(asked, said, author="Tom Rask").standing == "answered"
    assert ask(asked, said, author="Lisa Brandt").standing == "possible"


def test_a_question_in_an_article_answers_nothing() -> None:
    text = "Who leads the alliance in Brussels? The alliance in Brussels is led by Mark Rutte."
    assert [each.quote for each in ask("Who leads the alliance in Brussels?", text).citations] == [
        "The alliance in Brussels is led by Mark Rutte."
    ]


def test_what_two_articles_say_alike_is_said_once() -> None:
    given = ask(
        "Who leads the alliance?",
        "The man who leads the alliance is Mark Rutte.",
        "The man who leads the alliance is Mark Rutte.",
    )
    assert len(given.citations) == 1


def test_a_sentence_longer_than_an_answer_is_not_given_by_default() -> None:
    given = ask("What was agreed at the summit in Vilnius?", LONG, "At the summit in Vilnius the ministers agreed.")
    assert given.citations and all(len(citation.quote.split()) <= 80 for citation in given.citations)
    assert len(given.text.split()) <= 80 + len(given.citations)


def test_more_sentences_are_given_when_asked_for() -> None:
    texts = [
        f"The man who leads the alliance is Mark {name} from {city}."
        for name, city in zip("ABCDE", "VWXYZ", strict=True)
    ]
    assert len(ask("Who leads the alliance?", *texts).citations) <= 3
    assert len(ask("Who leads the alliance?", *texts, max_sentences=1).citations) == 1


def test_a_bracketed_number_in_an_article_cannot_pass_for_a_citation() -> None:
    given = ask("Who leads the alliance?", "The man who leads the alliance [2] is Mark Rutte [17].")
    assert given.text == "The man who leads the alliance (2) is Mark Rutte (17). [1]"
    assert given.citations[0].quote == "The man who leads the alliance [2] is Mark Rutte [17]."


def test_a_bullet_is_no_part_of_the_quote() -> None:
    given = ask(
        "Who leads the alliance?", "Key points:\n\n  • The man who leads the alliance is Mark Rutte.\n  • Nothing else."
    )
    assert given.citations[0].quote == "The man who leads the alliance is Mark Rutte."


def test_markup_is_kept_in_the_quote_and_left_out_of_the_answer() -> None:
    text = "The man who leads the alliance is [Mark Rutte](https://example.org/rutte), *not* by others."
    given = ask("Who leads the alliance?", text)
    assert given.text == "The man who leads the alliance is Mark Rutte, not by others. [1]"
    assert given.citations[0].quote == text


def test_how_many_is_answered_with_a_number() -> None:
    text = "Many countries belong to the alliance of NATO. The 32 countries of NATO belong to the alliance."
    given = ask("How many countries belong to the alliance of NATO?", text)
    assert given.citations[0].quote.startswith("The 32")


def test_a_refusal_says_what_was_searched_and_what_came_closest() -> None:
    given = ask("Which team won the Champions League?", "The man who leads the alliance is Mark Rutte.")
    assert not given.grounded
    assert given.citations == ()
    assert given.reason == "not_found"
    assert given.text == (
        "Not in the articles: I searched the one article, the newest of 4 December 2024, "
        "and what came closest is “A headline”."
    )
    assert [each.file for each in given.closest] == ["0.txt"]


def test_a_refusal_names_the_filters_that_held() -> None:
    only = Filter("2024-12-01", "2024-12-31", ("AP",))
    given = ask("Who won?", only=only)
    assert (
        given.text == "Not in the articles: there is none from AP published from 1 December 2024 to 31 December 2024."
    )


def test_the_score_orders_questions_by_how_likely_they_are_answered() -> None:
    text = "The alliance of NATO is led by Mark Rutte of the Netherlands."
    asked = ["Who leads the alliance of NATO?", "Who leads the alliance?", "Who leads the choir of Leipzig?"]
    scores = [ask(question, text).score for question in asked]
    assert scores[2] < min(scores[:2])
    assert scores and all(0 <= score <= 1 for score in scores)
    assert ask("Who leads the alliance?").score == 0.0
    assert np.isfinite(scores).all()


def test_what_came_out_before_the_time_asked_about_is_no_sure_answer() -> None:
    question = "How many requests did the office in Vilnius get in 2025?"
    assert ask(question, "The office in Vilnius got 374 requests, more than ever.").standing == "possible"
    told = ask(question, "The office in Vilnius expects 500 requests in 2025, more than ever.")
    assert told.standing == "answered"


def test_a_word_of_a_name_is_not_the_name() -> None:
    question = "What did the United States say about the accord?"
    assert ask(question, "What 60 states say about the accord is that it takes effect soon.").standing == "possible"
    assert ask(question, "On the accord the United States say that it takes effect soon.").standing == "answered"


def test_what_lacks_the_figure_that_the_question_takes_as_known_is_no_sure_answer() -> None:
    texts = [
        "Aaron Judge holds the league record of home runs, which he set in Texas.",
        "Barry Bonds holds the league record with 73 home runs.",
    ]
    question = "Who holds the league record with 73 home runs?"
    assert ask(question, *texts).citations[0].quote == texts[1]
    assert ask(question, texts[0]).standing == "possible"
    assert ask("Who holds the league record of home runs?", texts[0]).standing == "answered"


def test_a_quotation_that_no_passage_has_is_not_answered_for_sure() -> None:
    text = "Jacinda Ardern told the parliament in Wellington that it was time for her to go home."
    assert ask("Who did Jacinda Ardern tell in Wellington that it was time to go home?", text).standing == "answered"
    quoting = "Who did Jacinda Ardern tell in Wellington that “they too could one day lead” a country?"
    assert ask(quoting, text).standing != "answered"


def test_who_is_answered_by_a_sentence_that_names_somebody() -> None:
    texts = [
        "The treaty of Vilnius was signed on Monday in the great hall.",
        "Karin Holm signed the treaty of Vilnius.",
    ]
    assert ask("Who signed the treaty of Vilnius?", *texts).citations[0].quote == texts[1]


def test_what_counts_something_else_is_no_answer_for_sure() -> None:
    told = "The navy of Caldria has eleven Petrels, which date from 1989, and the navy wants more."
    assert ask("How many Petrels does the navy of Caldria have?", told).standing == "answered"
    assert ask("How many submarines does the navy of Caldria have?", told).standing == "possible"


def test_of_two_sentences_alike_the_one_beside_what_is_asked_about_is_preferred() -> None:
    cracks = "Inspectors of the harbour bridge found some cracks there. Cows graze in town. Sheep graze there. "
    rust = "The mayor closed the harbour bridge. Painters of the harbour bridge found some rust there."
    answer_ = ask("Why did the mayor close the harbour bridge?", cracks + rust, max_sentences=2)
    assert [cited.quote.split()[0] for cited in answer_.citations] == ["The", "Painters"]


def test_who_holds_an_office_is_not_told_for_sure_where_nobody_is_named_to_hold_one() -> None:
    question = "Who chairs the Harbour Council?"
    assert ask(question, "The chairs of the Harbour Council decide on the toll, the law says.").standing == "possible"
    assert ask(question, "Ada Berg, the chair of the Harbour Council, decides on the toll.").standing == "answered"
