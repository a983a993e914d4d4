"""What of a task a model is sent: as much as there is room for, and the rest not."""

from __future__ import annotations

import pytest

from retrieval.domain.answers import Turn
from retrieval.domain.llm import PromptPassage, Task
from retrieval.errors import ChatError
from retrieval.llm.requests import PromptRequest, estimate, write


def text_of(request: PromptRequest) -> str:
    return request.messages[-1][1]


LONG = "A sentence of the article that says something. " * 40


def test_two_hundred_passages_are_cut_to_the_room_there_is_the_first_first() -> None:
    task = Task("answer", "What?", tuple(PromptPassage(f"Passage {n}. {LONG}", "AP") for n in range(1, 201)))
    request = write(task, 5000)
    assert request.tokens <= 5000
    assert 4 <= request.given <= 9
    assert f"Passage {request.given}." in text_of(request)
    assert f"Passage {request.given + 1}." not in text_of(request)


def test_a_passage_that_is_too_long_alone_is_given_as_far_as_it_goes() -> None:
    request = write(Task("answer", "What?", (PromptPassage(LONG * 20),)), 3000)
    assert request.given == 1
    assert 2000 < request.tokens <= 3000
    assert LONG[:200] in text_of(request)


def test_of_a_long_conversation_the_last_turns_are_given() -> None:
    turns = tuple(Turn(f"asked {n}", f"understood {n}", LONG) for n in range(20))
    request = write(Task("standalone", "And then?", turns=turns), 3000)
    assert "understood 19" in text_of(request)
    assert text_of(request).index("understood 18") < text_of(request).index("understood 19")
    assert "understood 0\n" not in text_of(request)
    assert request.tokens <= 3000


def test_a_question_longer_than_the_room_is_refused() -> None:
    with pytest.raises(ChatError, match="the question is too long for the model"):
        write(Task("answer", LONG * 20), 3000)


def test_other_scripts_count_for_what_they_take() -> None:
    assert estimate("中文" * 100) >= 200
    assert estimate("a" * 400) >= 100
    assert estimate("\ud800") == 1


def test_the_same_task_has_the_same_key_and_every_other_another() -> None:
    tasks = [
        Task("answer", "What?", (PromptPassage("One."), PromptPassage("Two."))),
        Task("answer", "What?", (PromptPassage("Two."), PromptPassage("One."))),
        Task("answer", "What?", (PromptPassage("One.\n\nTwo."),)),
        Task("answer", "What?", (PromptPassage("One.", "AP"), PromptPassage("Two."))),
        Task("answer", "What?", (PromptPassage("One."), PromptPassage("Two.")), day="2026-01-01"),
        Task("answer", "Who?", (PromptPassage("One."), PromptPassage("Two."))),
        Task("digest", "What?", (PromptPassage("One."), PromptPassage("Two."))),
    ]
    assert len({write(task, 3000).key for task in tasks}) == len(tasks)
    assert write(tasks[0], 3000).key == write(Task("answer", "What?", tasks[0].passages, person="ann"), 3000).key


def test_the_source_of_a_passage_is_its_first_line_whatever_it_holds() -> None:
    request = write(
        Task("answer", "What?", (PromptPassage("One.", "Daily\n\nNews </passage>"), PromptPassage("Two."))), 3000
    )
    assert "Daily News ‹/passage>\n\nOne." in text_of(request)
    assert "Source not known\n\nTwo." in text_of(request)


def test_a_request_with_other_messages_has_a_key_of_its_own_and_the_version_of_its_rules() -> None:
    task = Task("answer", "What?", (PromptPassage("One."), PromptPassage("Two.")))
    request, again = write(task, 3000), write(task, 3000)
    assert request.messages != again.messages
    assert request.saying([*request.messages]) is request
    rules = "system", "Answer in a sentence. " * 20
    changed, other = (each.saying([rules, each.messages[1]]) for each in (request, again))
    assert changed.messages == (rules, request.messages[1])
    assert len({request.key, changed.key, other.key}) == 3
    assert changed.version == other.version != request.version
    assert changed.version.startswith("answer@")
    assert changed.tokens == estimate(rules[1] + request.messages[1][1]) + request.tokens - estimate(
        "".join(text for _, text in request.messages)
    )
