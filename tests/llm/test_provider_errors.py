"""Everything that goes wrong between us and a model: tried again where that helps, else one honest line, in time."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from retrieval.errors import ChatError
from retrieval.llm.exchange import FAILURES, PAUSE, CircuitBreaker
from tests.llm.conftest import KEY, PROVIDERS, WELL, Talks, each_client, each_provider, others_slow
from tests.llm.test_providers import SAID
from tests.model_server import ModelServer, Says

BUSY = {"error": {"type": "rate_limit_error", "message": "slow down", "code": "rate_limit_exceeded"}}
BROKEN = Says(status=500, error={"error": {"type": "server_error", "message": "out of memory"}})


def fails(talks: Talks, provider: str, *says: Says, **settings: Any) -> str:
    with pytest.raises(ChatError) as failed:
        talks(provider, *says, **settings).ask()
    return failed.value.reason


@each_provider
def test_a_provider_that_is_busy_is_asked_again_when_it_says(provider: str, talks: Talks) -> None:
    talk = talks(provider, Says(status=429, error=BUSY, headers={"Retry-After": "7"}), Says(WELL))
    assert talk.ask().claims == SAID
    # Ollama's client keeps the headers to itself.
    assert talk.waited == [7.0] if provider != "ollama" else len(talk.waited) == 1
    assert talk.day.calls == 1


def test_a_day_to_come_back_is_understood(talks: Talks) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    talk = talks("openai", Says(status=429, error=BUSY, headers={"Retry-After": then}), Says(WELL))
    talk.ask()
    assert 5 < talk.waited[0] < 9.1


@pytest.mark.parametrize("after", ["nan", "-inf", "soon", "Wed, 99 Foo", "Mon, 01 Jan 99999999999999 00:00:00 GMT"])
def test_a_day_that_nobody_understands_is_no_day(after: str, talks: Talks) -> None:
    talk = talks("openai", Says(status=429, error=BUSY, headers={"Retry-After": after}), Says(WELL))
    assert talk.ask().claims == SAID
    assert 0.25 <= talk.waited[0] <= 0.75


@pytest.mark.parametrize("after", ["3600", format_datetime(datetime(2100, 1, 1, tzinfo=UTC), usegmt=True)])
def test_a_provider_that_is_busy_for_longer_than_there_is_time_is_not_waited_for(after: str, talks: Talks) -> None:
    talk = talks("openai", Says(status=429, error=BUSY, headers={"Retry-After": after}))
    with pytest.raises(ChatError, match=r"^the model is asked too much at the moment$"):
        talk.ask()
    assert (talk.waited, len(talk.server.asked)) == ([], 1)


@each_provider
def test_a_provider_out_of_order_is_tried_again_after_longer_and_longer(provider: str, talks: Talks) -> None:
    talk = talks(provider, BROKEN, BROKEN, Says(WELL))
    assert talk.ask().claims == SAID
    first, second = talk.waited
    assert 0.25 <= first <= 0.75
    assert 0.5 <= second <= 1.5


@each_client
def test_a_provider_that_stays_out_of_order_is_given_up(provider: str, talks: Talks) -> None:
    talk = talks(provider, BROKEN)
    with pytest.raises(ChatError, match=r"^the model's provider is out of order$"):
        talk.ask()
    assert len(talk.server.asked) == 4
    # Nothing was said, so nothing is billed.
    assert (talk.day.failed, talk.day.tokens_in) == (1, 0)


@pytest.mark.slow
def test_an_overloaded_provider_is_tried_again(talks: Talks) -> None:
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert talks("anthropic", Says(status=529, error=overloaded), Says(WELL)).ask().claims == SAID


@each_provider
def test_an_error_in_the_middle_of_a_stream_is_tried_again(provider: str, talks: Talks) -> None:
    errors: dict[str, dict[str, Any]] = {
        "openai": {"error": {"message": "The server had an error", "type": "server_error"}},
        "responses": {"type": "error", "code": "server_error", "message": "The server had an error", "param": None},
        "anthropic": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        "google": {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
        "mistral": {"object": "error", "message": "Service unavailable.", "type": "internal_server_error"},
        "ollama": {"error": "llama runner process has terminated"},
    }
    talk = talks(provider, Says(WELL[:20], error=errors[provider]), Says(WELL))
    assert talk.ask().claims == SAID
    assert len(talk.waited) == 1


@each_provider
@pytest.mark.parametrize("ends", ["broken", "early"])
def test_of_a_stream_that_breaks_off_the_whole_claims_are_kept(provider: str, ends: Any, talks: Talks) -> None:
    talk = talks(provider, Says(WELL[:-20], ends=ends))
    reply = talk.ask()
    assert (reply.claims, reply.cut) == (SAID[:1], True)
    assert (len(talk.server.asked), talk.day.estimated) == (1, True)


@each_provider
@pytest.mark.parametrize("ends", ["broken", "early"])
def test_a_stream_that_breaks_off_before_a_claim_is_asked_for_again(provider: str, ends: Any, talks: Talks) -> None:
    talk = talks(provider, Says(WELL[:30], ends=ends), Says(WELL))
    assert talk.ask().claims == SAID
    # Both were written, both are counted.
    assert talk.day.tokens_in > 1200


@each_client
def test_a_provider_that_hangs_is_left_when_time_is_up(provider: str, talks: Talks) -> None:
    talk = talks(provider, Says(ends="hanging"), chat_seconds=0.2)
    with pytest.raises(ChatError, match=r"^the model did not answer in time$"):
        talk.ask()
    # It may have been at work all the time.
    assert (talk.day.failed, talk.day.estimated) == (1, True)


@pytest.mark.parametrize("provider", others_slow(["openai", "ollama"]))
def test_of_a_provider_that_hangs_in_the_middle_the_whole_claims_are_kept(provider: str, talks: Talks) -> None:
    reply = talks(provider, Says(WELL[:-20], ends="hanging"), chat_seconds=0.7).ask()
    assert (reply.claims, reply.cut) == (SAID[:1], True)


@each_provider
def test_a_provider_that_only_keeps_the_line_open_is_left_when_time_is_up(
    provider: str, talks: Talks, server: ModelServer
) -> None:
    before, started = {*threading.enumerate()}, set[threading.Thread]()

    def nothing() -> Iterator[str]:
        while not server.closing.wait(0.01):
            started.update({*threading.enumerate()} - before)
            yield ""

    assert fails(talks, provider, Says(nothing()), chat_seconds=0.3) == "the model did not answer in time"
    # Nor does the process wait for it at its end. Where time was up before the server was reached, it still runs.
    started |= {*threading.enumerate()} - before
    assert "chat" in {each.name for each in started}
    assert all(each.daemon for each in started)


def test_a_model_that_never_stops_is_stopped(talks: Talks) -> None:
    def babble() -> Iterator[str]:
        while True:
            yield "and so on " * 100

    assert fails(talks, "openai", Says(babble())) == "the model ran out of room for its answer"


@each_client
def test_what_nobody_foresaw_is_one_line_and_a_trace_of_it_is_in_the_log(
    provider: str, talks: Talks, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_claims: int) -> None:
        raise LookupError(KEY)

    talk = talks(provider, Says(WELL))
    with pytest.raises(ChatError, match=r"^the model's answer could not be read$"):
        talk.ask(on_progress=stumble)
    assert (talk.day.failed, KEY in caplog.text) == (1, False)
    assert "LookupError" in caplog.text
    assert "in stumble" in caplog.text


@each_client
def test_a_refused_key_is_one_line_without_the_key(
    provider: str, talks: Talks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = {"error": {"type": "authentication_error", "message": f"Incorrect API key provided: {KEY}"}}
    talk = talks(provider, Says(status=401, error=error))
    with pytest.raises(ChatError) as failed:
        talk.ask()
    assert failed.value.reason == "the model's provider refuses the key"
    assert len(talk.server.asked) == 1
    if provider != "ollama":
        assert KEY in str(talk.server.asked[0].headers)
    assert KEY not in "".join(traceback.format_exception(failed.value)) + repr(vars(talk.chat))
    assert KEY not in "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("retrieval"))


@each_client
def test_no_key_and_nothing_that_was_asked_is_in_the_log(
    provider: str, talks: Talks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    talks(provider, BROKEN, Says(WELL)).ask()
    assert KEY not in caplog.text
    assert "council" not in caplog.text
    (line,) = [each.getMessage() for each in caplog.records if each.name == "retrieval.llm.service"]
    assert line.startswith(f"answer by {PROVIDERS[provider][0]}: done, 1200 + 80 tokens, ")


@pytest.mark.parametrize(
    ("provider", "says"),
    others_slow([
        ("openai", Says(status=400, error={"error": {"code": "context_length_exceeded", "message": "too long"}})),
        ("openai", Says(status=400, error={"error": {"message": "The model's maximum context length is 4096."}})),
        ("openai", Says(status=400, error={"error": {"message": "the request exceeds the available context size"}})),
        ("responses", Says(error={"type": "error", "code": "context_length_exceeded", "param": None,
                                  "message": "Your input exceeds the context window of this model."})),
        ("anthropic", Says(status=400, error={"type": "error", "error": {
            "type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000 maximum"}})),
        ("anthropic", Says(status=413, error={"type": "error", "error": {
            "type": "request_too_large", "message": "Request exceeds the maximum size"}})),
        ("ollama", Says(status=400, error={"error": "input length exceeds maximum context length"})),
    ]),
)  # fmt: skip
def test_a_context_that_overflows_is_one_line_and_one_try(provider: str, says: Says, talks: Talks) -> None:
    talk = talks(provider, says)
    with pytest.raises(ChatError, match=r"^the passages are too long for the model$"):
        talk.ask()
    assert len(talk.server.asked) == 1


@each_client
def test_a_model_that_is_not_there_is_one_line(provider: str, talks: Talks) -> None:
    error = {"error": "model 'qwen3' not found"} if provider == "ollama" else {"error": {"message": "no such model"}}
    assert fails(talks, provider, Says(status=404, error=error)) == "the model's provider has no such model"


def test_an_account_that_is_used_up_is_not_tried_again(talks: Talks) -> None:
    error = {
        "error": {"code": "insufficient_quota", "type": "insufficient_quota", "message": "You exceeded your quota"}
    }
    talk = talks("openai", Says(status=429, error=error))
    with pytest.raises(ChatError, match=r"^the account at the model's provider is used up$"):
        talk.ask()
    assert len(talk.server.asked) == 1


@each_client
@pytest.mark.parametrize(
    "raw", [b"<html><title>502</title></html>", b"data: {\n\n", b"\xff\xfe\x00", b"null\n", b"[]\n"]
)
def test_what_is_no_answer_of_the_protocol_is_one_honest_line(provider: str, raw: bytes, talks: Talks) -> None:
    assert fails(talks, provider, Says(raw=raw)).startswith("the model")


@each_client
def test_a_server_that_is_not_there_is_one_line(provider: str, talks: Talks) -> None:
    with ModelServer() as gone:
        url = gone.url
    reason = fails(talks, provider, Says(), chat_url=url + PROVIDERS[provider][1])
    assert reason == "the model cannot be reached"


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(talks: Talks) -> None:
    now = [0.0]
    talk = talks("openai", BROKEN, breaker=CircuitBreaker(lambda: now[0]))
    for number in range(FAILURES):
        with pytest.raises(ChatError, match="out of order"):
            talk.ask(f"question {number}")
    asked = len(talk.server.asked)
    with pytest.raises(ChatError, match=r"^the model is paused after repeated failures$"):
        talk.ask()
    assert len(talk.server.asked) == asked
    now[0] = PAUSE + 1
    with pytest.raises(ChatError, match="out of order"):
        talk.ask()
    with pytest.raises(ChatError, match="paused"):
        talk.ask()
    now[0] = 3 * PAUSE
    talk.server.says(Says(WELL))
    assert talk.ask().claims == SAID
    assert talk.ask("And then?").claims == SAID


def test_only_one_tries_whether_a_model_has_recovered() -> None:
    now = [0.0]
    breaker = CircuitBreaker(lambda: now[0])
    for _failure in range(FAILURES):
        assert breaker.allows()
        breaker.note(False)
    now[0] = PAUSE + 1
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.note(True)
    assert [breaker.allows(), breaker.allows()] == [True, True]


def test_a_model_that_answers_badly_is_not_one_that_fails(talks: Talks) -> None:
    talk = talks("openai", Says("I would rather not say."))
    for number in range(FAILURES + 1):
        with pytest.raises(ChatError, match="could not be read"):
            talk.ask(f"question {number}")
