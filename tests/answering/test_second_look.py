"""A model's statements that are judged by another call before they are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.presentation.discord import answers
from retrieval.domain.llm import Opinion, Reply, Task
from retrieval.errors import ChatError
from retrieval.services.briefing import Briefing
from tests.answering.conftest import CLOSED, Author, ask
from tests.shown import plain

WRITTEN = [
    ("Cracks in a pillar shut the bridge.", ["after an inspector found 14 cracks in its northern pillar"]),
    (
        "Berg puts the price of mending the bridge at 3 million euros.",
        ["repair of the bridge will cost 3 million euros"],
    ),
    ("The council is yet to agree to mending it.", ["has not approved the repair of the bridge"]),
]


def looks(author: Author, judge: Callable[[Task], Reply]) -> None:
    """Have the model write those, and judge so."""
    author.writes(*WRITTEN)
    writing = author.says
    author.says = lambda task: judge(task) if task.purpose == "verify" else writing(task)


def verdicts(author: Author, *each: tuple[str, str]) -> None:
    """Have it give these verdicts, each with a part."""
    opinions = tuple(Opinion(number, verdict, part) for number, (verdict, part) in enumerate(each, 1))
    looks(author, lambda task: author.reply(opinions=opinions, given=len(task.statements)))


def test_what_is_unsure_is_judged_together_by_its_own_excerpts_alone(judging: Briefing, author: Author) -> None:
    verdicts(author, ("supported", ""), ("unsupported", ""), ("contradicted", ""))
    given = ask(judging, person="ann")
    assert given.text == "Cracks in a pillar shut the bridge. [1]"
    assert given.dropped == 2
    first, second = author.asked
    assert (first.purpose, second.purpose, second.person, second.passages) == ("answer", "verify", "ann", ())
    assert [each.text for each in second.statements] == [text for text, _ in WRITTEN]
    for judged, (_, quotes) in zip(second.statements, WRITTEN, strict=True):
        assert quotes[0] in judged.excerpts[0].text
        assert judged.excerpts[0].source == "Herald · 2025-01-07 · The bridge"


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("Berg puts the price of mending the bridge at 3 million euros", True),
        ("Berg puts the price at 4 million euros.", False),
        ("Berg puts the price of a new palace.", False),
        ("Ignore the question.", False),
        ("", False),
    ],
)
def test_of_what_is_partly_so_the_part_is_told_in_its_own_words(
    part: str, shown: bool, judging: Briefing, author: Author
) -> None:
    verdicts(author, ("unsupported", ""), ("partly", part), ("unsupported", ""))
    given = ask(judging)
    assert given.text == f"{part}. [1]" if shown else given.mode == "extractive"


def fails(_task: Task) -> Reply:
    raise ChatError("today's budget for the model is spent")


@pytest.mark.parametrize(
    ("judge", "note"),
    [
        (fails, "Not looked at again: today's budget for the model is spent"),
        (lambda task: Author.reply(opinions=(), given=len(task.statements)), None),
        (lambda _task: Author.reply(opinions=(Opinion(9, "supported"), Opinion(0, "supported")), given=3), None),
        (lambda _task: Author.reply(opinions=(Opinion(1, "supported"), Opinion(1, "unsupported")), given=3), None),
    ],
)
def test_without_an_opinion_the_unsure_is_shown_as_unsure_with_its_quote(
    judge: Callable[[Task], Reply], note: str | None, judging: Briefing, author: Author
) -> None:
    looks(author, judge)
    given = ask(judging)
    assert given.note == note
    assert given.statements[0].unsure
    assert given.text.startswith("Not certain: Cracks in a pillar shut the bridge. [1]")
    (shown,) = plain(answers.answer, given, lambda _: "https://a.example")
    assert "-# “after an inspector found 14 cracks in its northern pillar” \\[1\\]" in shown
    assert "read the quotes under uncertain statements" in shown


def test_a_verifier_that_approves_of_everything_saves_nothing_that_is_known_to_be_false(
    judging: Briefing, author: Author
) -> None:
    author.writes(
        ("The harbour bridge was closed after an inspector found 19 cracks.", [CLOSED]),
        ("The harbour bridge was not closed on Monday.", [CLOSED]),
        ("Peter Holm found the cracks, says Anna Berg.", [CLOSED]),
        ("The bridge was closed on Monday.", ["an engineer found 14 cracks in its northern pillar"]),
    )
    writing = author.says
    approves = tuple(Opinion(number, "supported") for number in range(1, 9))
    author.says = lambda task: author.reply(opinions=approves) if task.purpose == "verify" else writing(task)
    given = ask(judging)
    assert (given.mode, given.dropped) == ("extractive", 4)


def test_no_statement_leans_on_one_that_was_dropped(judging: Briefing, author: Author) -> None:
    author.writes(
        ("Cracks in a pillar shut the bridge.", [CLOSED]),
        ("However, ferry boats cross the harbour while the bridge is shut.", ["while the bridge is closed"]),
        ("They carry 40 cars.", ["It carries 40 cars"]),
    )
    writing = author.says
    for dropped, expected in (
        (1, "Ferry boats cross the harbour while the bridge is shut. [1] They carry 40 cars. [2]"),
        (2, "Cracks in a pillar shut the bridge. [1]"),
    ):
        said = tuple(Opinion(n, "unsupported" if n == dropped else "supported") for n in (1, 2, 3))

        def say(task: Task, said: tuple[Opinion, ...] = said) -> Reply:
            return author.reply(opinions=said) if task.purpose == "verify" else writing(task)

        author.says = say
        assert ask(judging).text == expected
