"""What was answered and how it was judged, kept for buttons, follow-ups and the people who improve the bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Filter, Searched
from retrieval.evidence.citations import cite_part
from retrieval.services.briefing import Briefing
from retrieval.storage import conversations
from retrieval.storage.schema import answers
from tests.fakes import open_with

pytestmark = pytest.mark.usefixtures("both_databases")

EVERYBODY = Filter(scopes=("",))


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    """Two articles, and nothing asked yet."""
    with open_with(tmp_path / "data") as opened:
        folder = tmp_path / "articles"
        folder.mkdir()
        (folder / "bridge.txt").write_text("The harbour bridge is closed.\n\nA ferry runs every hour instead.\n")
        opened.articles.ingest([folder])
        yield opened


def refusal(question: str) -> Answer:
    return Answer(
        question=question, standing="nothing", score=0.1, searched=Searched(1, None), message="Not in the articles."
    )


def answered(briefing: Briefing) -> Answer:
    """An answer that cites the first sentence of the article."""
    (hit,) = briefing.asking.search("bridge", 1, Filter())
    quote = "The harbour bridge is closed."
    cited = cite_part(hit.passage, 1, hit.passage.text.index(quote), hit.passage.text.index(quote) + len(quote))
    return Answer(
        question="Is the bridge closed?",
        standing="answered",
        score=0.9,
        searched=Searched(1, None),
        statements=(Statement(quote, (1,)),),
        citations=(cited,),
    )


def keep(briefing: Briefing, question: str, conversation: str = "1", scope: str = "7") -> str:
    return briefing.conversations.keep(refusal(question), question, EVERYBODY, conversation, scope)


def test_an_answer_comes_back_whole_after_a_restart(tmp_path: Path, briefing: Briefing) -> None:
    only = Filter(since="2024-01-01", outlets=("AP",), scopes=("", "7"))
    given = answered(briefing)
    key = briefing.conversations.keep(given, "is it closed?", only, "1", "7")
    with open_with(tmp_path / "data") as again:
        kept = again.conversations.find(key, "7")
    assert kept
    assert (kept.answer.citations, kept.answer.text, kept.only) == (given.citations, given.text, only)
    assert (kept.asked, kept.conversation) == ("is it closed?", "1")


def test_an_answer_is_not_found_from_another_server(briefing: Briefing) -> None:
    key = keep(briefing, "What?")
    assert briefing.conversations.find(key, "8") is None
    assert not briefing.feedback.judge(key, "8", "ann", helpful=True)
    briefing.conversations.place(key, ["99"], "1")
    assert briefing.conversations.conversation_of("99", "8") is None
    assert briefing.conversations.turns("1", "8") == []


def test_a_conversation_is_its_last_turns_oldest_first(briefing: Briefing) -> None:
    for number in range(conversations.TURNS + 2):
        keep(briefing, f"Question {number}?")
    keep(briefing, "Elsewhere?", conversation="2")
    asked = [turn.asked for turn in briefing.conversations.turns("1", "7")]
    assert asked == [f"Question {number}?" for number in range(2, conversations.TURNS + 2)]


def test_a_conversation_is_found_by_the_message_that_shows_an_answer(briefing: Briefing) -> None:
    key = keep(briefing, "What?", conversation="")
    briefing.conversations.place(key, ["98", "99"], "thread")
    assert (
        briefing.conversations.conversation_of("98", "7")
        == briefing.conversations.conversation_of("99", "7")
        == "thread"
    )
    assert [turn.asked for turn in briefing.conversations.turns("thread", "7")] == ["What?"]


def test_old_answers_go_but_judged_ones_stay(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "KEPT", 3)
    keys = [keep(briefing, f"Question {number}?") for number in range(3)]
    briefing.feedback.judge(keys[0], "7", "ann", helpful=False)
    keys += [keep(briefing, f"Question {number}?") for number in range(3, 6)]
    kept = [key for key in keys if briefing.conversations.find(key, "7")]
    assert kept == [keys[0], *keys[3:]]


def test_the_last_judgement_of_a_person_counts(briefing: Briefing) -> None:
    key = keep(briefing, "What?")
    briefing.feedback.judge(key, "7", "ann", helpful=True)
    briefing.feedback.judge(key, "7", "bob", helpful=True)
    briefing.feedback.judge(key, "7", "ann", helpful=False, reason="It says nothing")
    briefing.feedback.judge(key, "7", "ann", helpful=False)
    judged = sorted(briefing.feedback.all(), key=lambda each: each.helpful)
    assert [(each.helpful, each.reason) for each in judged] == [(False, "It says nothing"), (True, None)]
    assert judged[0].question == "What?"


def test_more_shows_passages_that_the_answer_does_not_cite(briefing: Briefing) -> None:
    assert briefing.asking.more(refusal("harbour bridge"), Filter(), 5)
    assert briefing.asking.more(answered(briefing), Filter(), 5) == ()


def test_a_quote_is_shown_in_its_paragraph_until_the_article_changes(tmp_path: Path, briefing: Briefing) -> None:
    (citation,) = answered(briefing).citations
    shown = briefing.articles.quote(citation)
    assert shown
    assert shown.quote == "The harbour bridge is closed."
    (tmp_path / "articles" / "bridge.txt").write_text("Now it is open again, says the harbour master.\n")
    briefing.articles.ingest([tmp_path / "articles"])
    assert briefing.articles.quote(citation) is None
    assert briefing.articles.open(citation.key)


def listed(briefing: Briefing, channel: str = "") -> list[tuple[str, int]]:
    """The questions without an answer, as the server sees them in a channel."""
    found = briefing.conversations.unanswered(("", "7"), channel)
    return [(each.question, each.count) for each in found]


def ask(
    briefing: Briefing, question: str, where: str | None = "", scope: str = "7", answer: Answer | None = None
) -> str:
    given = replace(answer or refusal(question), question=question)
    return briefing.conversations.keep(given, question, EVERYBODY, "", scope, where)


def test_questions_without_an_answer_are_counted_without_case_and_punctuation(briefing: Briefing) -> None:
    for question in (
        "Who pays the ferry?",
        "How deep is the harbour?",
        "how DEEP is the harbour",
        "How deep? Is the harbour",
    ):
        ask(briefing, question)
    assert listed(briefing) == [("How deep? Is the harbour", 3), ("Who pays the ferry?", 1)]
    ask(briefing, "Who pays the ferry?", answer=answered(briefing))
    for number in range(9):
        ask(briefing, f"Question {number}?")
    assert listed(briefing)[0] == ("How deep? Is the harbour", 3)
    assert len(listed(briefing)) == 5 and "Who pays the ferry?" not in dict(listed(briefing))


def test_no_question_is_listed_before_people_who_could_not_read_it(briefing: Briefing) -> None:
    ask(briefing, "In private?", None)
    ask(briefing, "In a direct message?", "", scope="")
    ask(briefing, "On another server?", scope="8")
    ask(briefing, "In a closed channel?", "55")
    assert listed(briefing) == [] and listed(briefing, "56") == []
    assert listed(briefing, "55") == [("In a closed channel?", 1)]
    everywhere = briefing.conversations.unanswered(None)
    assert [each.question for each in everywhere] == ["On another server?"]


def test_only_questions_of_the_last_seven_days_are_listed(briefing: Briefing) -> None:
    key = ask(briefing, "How deep is the harbour?")
    with briefing.catalog.writing() as connection:
        connection.execute(update(answers).where(answers.c.key == key).values(given="2024-01-01T00:00:00+00:00"))
    assert listed(briefing) == []
