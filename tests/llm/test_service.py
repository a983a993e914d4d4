"""What stands before the model: settings, the day's budget, and replies that are remembered."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run
from retrieval.domain.llm import Call, PromptPassage
from retrieval.errors import ChatError, SettingsError, StoreError
from retrieval.llm.service import open_chat
from retrieval.settings import Settings, load_settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.usage import Budget, Replies, Usage
from tests.llm.conftest import KEY, PASSAGES, WELL, Talks, others_slow
from tests.llm.test_providers import SAID
from tests.model_server import Says

BUSY = Says(status=429, error={"error": {"type": "rate_limit_error", "message": "slow down"}})


def open_with(catalog: Catalog, **settings: Any) -> object:
    return open_chat(Settings(**settings), Budget(catalog, 10**6, 10**6), Replies(catalog))


def test_without_a_model_there_is_no_chat(catalog: Catalog) -> None:
    assert open_with(catalog) is None


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("BRIEFING_CHAT_MODEL", "gpt-5", "BRIEFING_CHAT_MODEL must be provider:model as LangChain names it"),
        ("BRIEFING_CHAT_MODEL", "openai:", "BRIEFING_CHAT_MODEL must be provider:model as LangChain names it"),
        ("BRIEFING_CHAT_URL", "localhost:11434", "BRIEFING_CHAT_URL must start with http:// or https://"),
        ("BRIEFING_CHAT_URL", f"https://me:{KEY}@example.org", "BRIEFING_CHAT_URL must not contain a password"),
        ("BRIEFING_CHAT_SECONDS", "0", "BRIEFING_CHAT_SECONDS must be more than 0"),
        ("BRIEFING_CHAT_SECONDS", "nan", "BRIEFING_CHAT_SECONDS must be a number"),
        ("BRIEFING_CHAT_SECONDS", "soon", "BRIEFING_CHAT_SECONDS must be a number"),
        ("BRIEFING_CHAT_TOKENS", "10", "BRIEFING_CHAT_TOKENS must be at least 2000"),
        (
            "BRIEFING_CHAT_TOKENS_PERSON",
            "7999",
            "BRIEFING_CHAT_TOKENS_PERSON must be at least BRIEFING_CHAT_TOKENS (8000)",
        ),
        ("BRIEFING_CHAT_PRICE_IN", "-1", "BRIEFING_CHAT_PRICE_IN must be at least 0"),
        ("OPENAI_API_KEY", f"{KEY} # mine", "OPENAI_API_KEY is not a key"),
        ("ANTHROPIC_API_KEY", "sk-ant-é", "ANTHROPIC_API_KEY is not a key"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(
    name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as failed:
        load_settings()
    assert str(failed.value).startswith(line)
    assert KEY not in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_key_is_read_from_a_file_and_shown_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY=' {KEY} '\n")
    settings = load_settings()
    assert settings.openai_api_key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("provider", "name"), others_slow([("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")])
)
def test_a_key_that_is_missing_is_asked_for_by_its_name(provider: str, name: str, catalog: Catalog) -> None:
    with pytest.raises(SettingsError, match=f"^BRIEFING_CHAT_MODEL names {provider}:x, but {name} is not set$"):
        open_with(catalog, chat_model=f"{provider}:x")


@pytest.mark.parametrize("provider", others_slow(["openai", "anthropic"]))
def test_a_server_of_ones_own_needs_no_key(provider: str, talks: Talks) -> None:
    assert talks(provider, Says(WELL), OPENAI_API_KEY="", ANTHROPIC_API_KEY="").ask().claims == SAID


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_a_package_that_is_missing_is_named_with_its_extra(
    provider: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"langchain_{provider}", None)
    with pytest.raises(SettingsError) as failed:
        open_with(catalog, chat_model=f"{provider}:x", OPENAI_API_KEY=KEY, ANTHROPIC_API_KEY=KEY)
    assert str(failed.value).endswith(f"`uv sync --extra {provider}`")


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("cohere:command", "whose package is missing: `pip install langchain-cohere`"),
        ("groq:llama", "whose package is missing: `pip install langchain-groq`"),
        ("nobody:knows", "BRIEFING_CHAT_MODEL: nobody:knows cannot be used"),
    ],
)
def test_a_provider_that_we_do_not_know_is_langchains_affair(model: str, line: str, talks: Talks) -> None:
    with pytest.raises(SettingsError) as failed:
        talks(model, Says(WELL)).ask()
    assert line in str(failed.value)


def test_the_door_is_light_to_open() -> None:
    heavy = "{'langchain', 'langchain_core', 'langchain_openai', 'openai', 'httpx'}"
    look = f"import sys, retrieval.llm.service; print(sorted({heavy} & set(sys.modules)))"
    looked = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert looked.stdout.strip() == "[]"


def test_the_same_question_over_the_same_passages_is_asked_once(talks: Talks) -> None:
    talk = talks("openai", Says(WELL))
    first, again = talk.ask(), talk.ask(person="somebody else")
    assert again == replace(first, cached=True)
    assert len(talk.server.asked) == 1
    assert (talk.day.calls, talk.day.cached, talk.day.tokens_in) == (1, 1, 1200)
    assert not talk.ask(passages=(*PASSAGES, PromptPassage("News of today."))).cached
    assert not talk.ask("What was not agreed?").cached


def test_what_another_model_or_server_replied_is_not_taken_for_this_ones(talks: Talks) -> None:
    cached = [talks(model, Says(WELL)).ask().cached for model in ("openai:a", "openai:b", "openai:a")]
    talk = talks("openai:a", Says(WELL))
    assert cached == [False, False, True]
    assert not talks("openai:a", Says(WELL), chat_url=f"{talk.server.url}/v1/").ask().cached


def test_a_reply_kept_by_another_version_is_asked_for_again(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talks("openai", Says(WELL))
    monkeypatch.setattr(Replies, "find", lambda _self, _key: {"claims": [["old"]], "given": 2})
    assert talk.ask().claims == SAID


def test_only_the_newest_replies_are_kept(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.storage.usage.REPLIES_KEPT", 3)
    replies = Replies(catalog)
    for number in range(6):
        replies.keep(f"{number}", {"question": f"{number}"})
    assert [number for number in range(6) if replies.find(f"{number}")] == [3, 4, 5]


def test_a_person_whose_tokens_are_spent_is_told_and_others_are_not(talks: Talks) -> None:
    talk = talks("openai", Says(WELL, tokens=(5000, 2000)), chat_tokens=6000, chat_tokens_person=9000)
    talk.ask("one", person="ann")
    with pytest.raises(ChatError, match=r"^today's budget for the model is spent$"):
        talk.ask("two", person="ann")
    assert talk.ask("one", person="ann").cached
    assert talk.ask("two", person="bob").claims == SAID
    assert talk.ask("three").claims == SAID
    assert len(talk.server.asked) == 3


def test_the_days_tokens_hold_for_all_even_for_those_who_ask_at_once(talks: Talks) -> None:
    talk = talks("openai", Says(WELL, tokens=(900, 600)), chat_tokens=3000, chat_tokens_day=5000)

    def ask(number: int) -> bool:
        try:
            return bool(talk.ask(f"question {number}", person=f"{number}"))
        except ChatError:
            return False

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(ask, range(8)))
    assert 1 <= sum(answered) <= 3
    assert talk.usage.spent() <= 5000


def test_the_days_tokens_hold_for_the_tries_of_one_answer_too(talks: Talks) -> None:
    broken = Says(WELL[:30], tokens=None, ends="broken")
    talk = talks("openai", broken, broken, Says(WELL), chat_tokens=3000, chat_tokens_person=4400)
    with pytest.raises(ChatError, match=r"^today's budget for the model is spent$"):
        talk.ask(person="ann")
    assert len(talk.server.asked) == 2
    assert 0 < talk.usage.spent("ann") <= 4400
    talk.server.says(BUSY, BUSY, BUSY, Says(WELL))
    # Those that cost nothing leave what they held.
    assert talk.ask(person="bob").claims == SAID


def test_a_reply_is_given_even_where_nothing_can_be_written(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise StoreError("no space left")

    talk = talks("openai", Says(WELL))
    monkeypatch.setattr(Usage, "record", full)
    monkeypatch.setattr(Replies, "keep", full)
    assert talk.ask().claims == SAID


def test_whoever_listens_to_the_progress_may_end_it(talks: Talks) -> None:
    def stop(_claims: int) -> None:
        raise KeyboardInterrupt

    talk = talks("openai", Says(WELL))
    with pytest.raises(KeyboardInterrupt):
        talk.ask(on_progress=stop)
    assert talk.day.failed == 1


def test_the_doctor_names_a_key_that_is_misnamed_but_never_shows_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "BRIEFING_OPENAI_API_KEY"):
        monkeypatch.setenv(name, KEY)
    (tmp_path / "taken").write_text("no folder, so that nothing else is looked at")
    assert run(["doctor", "--data-dir", str(tmp_path / "taken" / "data")]) != 0
    told = "".join(capsys.readouterr())
    assert "BRIEFING_OPENAI_API_KEY is set, but no setting has that name" in told
    assert KEY not in told


def test_a_call_knows_no_question() -> None:
    assert set(Call.__slots__) == {
        "purpose", "prompt", "model", "person", "tokens_in", "tokens_out", "estimated", "cost", "seconds", "outcome",
    }  # fmt: skip
