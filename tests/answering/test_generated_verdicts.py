"""Follow-ups that a model completes, and claims that it judges."""

from __future__ import annotations

from functools import partial

import pytest

from retrieval.domain.articles import Filter
from retrieval.domain.llm import Opinion, Reply
from retrieval.llm.output_parsing import bare
from retrieval.services.briefing import Briefing
from tests.answering.conftest import CLOSED, QUESTION, Author, ask


@pytest.mark.parametrize(
    ("reworded", "understood"),
    [
        ("Why is the ferry crossing the harbour?", "Why is the ferry crossing the harbour?"),
        (
            "**Why** is the ferry [crossing](https://evil.example) the harbour?",
            "Why is the ferry crossing the harbour?",
        ),
        ("Which team won the Champions League in Paris?", None),
        ("Who pays the ferry, the Bolsheviks, Napoleon or the Pope in Rome?", None),
        ("Why is the ferry " + "crossing the harbour " * 20, None),
        ("", None),
    ],
)
def test_a_follow_up_is_asked_as_the_model_completes_it_unless_that_asks_something_else(
    reworded: str, understood: str | None, briefing: Briefing, author: Author
) -> None:
    if not briefing.conversations.turns("thread", ""):
        briefing.conversations.keep(ask(briefing), QUESTION, Filter(), "thread", "")
    rules = in_context(briefing, author, "And the ferry?", fails=True)
    author.says = lambda _task: author.reply(question=reworded)
    assert in_context(briefing, author, "And the ferry?") == (understood or rules)


def in_context(briefing: Briefing, author: Author, question: str, fails: bool = False) -> str:
    if fails:
        author.fails("the model did not answer in time")
    return briefing.asking.in_context(question, "thread", "", "ann")


def test_what_begins_a_conversation_stays_as_it_is(briefing: Briefing, author: Author) -> None:
    assert briefing.asking.in_context("And the ferry?", "another", "") == "And the ferry?"
    assert author.asked == []


# Claims


def opinion(verdict: str, *quotes: str) -> Reply:
    """What a model thinks of the one claim that it is to judge."""
    return Author.reply(opinions=(Opinion(1, verdict, quotes=quotes),))


CLAIM = "An inspector found cracks in the bridge."


def test_a_verdict_of_the_model_shows_the_stored_words_it_rests_on(judging: Briefing, author: Author) -> None:
    author.says = lambda _task: opinion("supported", CLOSED, "a quote that is in no article")
    found = judging.verification.verify(CLAIM, Filter(), person="ann")
    assert (found.verdict, found.model, found.note) == ("supported", "ours:test", None)
    assert [each.quote for each in found.evidence] == [CLOSED]
    assert (author.asked[0].purpose, author.asked[0].person) == ("verify", "ann")


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        (("contradicted",), "it showed no quote that is in the articles"),
        (("supported", "found 99 cracks in its pillar"), "it showed no quote that is in the"),
        (("certain", CLOSED), "it showed no quote that is in the articles"),
        (None, "the model refused to answer"),
    ],
)
def test_a_verdict_that_rests_on_nothing_is_the_programs_own(
    fields: tuple[str, ...] | None, note: str, briefing: Briefing, judging: Briefing, author: Author
) -> None:
    author.fails("the model refused to answer")
    if fields:
        author.says = lambda _task: opinion(*fields)
    own, found = briefing.verification.verify(CLAIM, Filter()), judging.verification.verify(CLAIM, Filter())
    quotes = [[each.quote for each in verdict.evidence] for verdict in (own, found)]
    assert (found.verdict, found.model, quotes[1]) == (own.verdict, None, quotes[0])
    assert found.note
    assert note in found.note


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("An inspector found 19 cracks in the bridge.", "supported"),
        ("Peter Holm found cracks in the bridge.", "supported"),
        ("The harbour bridge was not closed on Monday.", "supported"),
        ("A ferry crosses the harbour.", "contradicted"),
        ("The harbour bridge was closed on Monday.", "contradicted"),
    ],
)
def test_a_model_that_lies_about_a_claim_is_not_believed(
    claim: str, verdict: str, judging: Briefing, author: Author
) -> None:
    author.says = lambda _task: opinion(verdict, CLOSED)
    found = judging.verification.verify(claim, Filter())
    assert (found.model, found.note) == (None, "Judged without the model: what it quoted does not show what it says")


def test_the_score_goes_with_the_verdict_of_the_model(judging: Briefing, author: Author) -> None:
    scores = {}
    for verdict in ("partly", "contradicted"):
        reply = opinion(verdict, "The city council has not approved")
        author.says = partial(lambda own, _: own, reply)
        found = judging.verification.verify("The city council approved the repair of the bridge.", Filter())
        assert found.verdict == verdict
        scores[verdict] = found.score
    assert scores["contradicted"] < scores["partly"]


@pytest.mark.parametrize(
    "address", ["discord.gg/abc", "evil.example/login", "Evil.Example:8080/a?b=c", "www.evil.example"]
)
def test_addresses_without_a_scheme_are_taken_out(address: str) -> None:
    assert bare(f"See {address} for more.") == "See for more."
    assert bare("It costs 3.5 million euros/year. The U.S./China talks go on.").endswith("talks go on.")


def test_what_the_model_finds_unsupported_needs_no_quote(judging: Briefing, author: Author) -> None:
    author.says = lambda _task: opinion("unsupported", CLOSED)
    found = judging.verification.verify(CLAIM, Filter())
    assert (found.verdict, found.evidence, found.model) == ("unsupported", (), "ours:test")
