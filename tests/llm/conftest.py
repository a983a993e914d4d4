"""Providers' own clients, talking to a server on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import pytest

from retrieval.domain.llm import PromptPassage, Reply, Task
from retrieval.llm.exchange import CircuitBreaker
from retrieval.llm.service import Chat, open_chat
from retrieval.settings import Settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.usage import Budget, DayOfUsage, Replies, Usage
from tests.fakes import opened
from tests.model_server import Answer, ModelServer, Says, claims

# By the protocol: the name of a model, and what follows the address of its server.
PROVIDERS = {
    "openai": ("openai:gpt-5-mini", "/v1"),
    "responses": ("openai:gpt-5-pro", "/v1"),
    "anthropic": ("anthropic:claude-haiku-4-5", ""),
    "google": ("google_genai:gemini-2.5-flash", ""),
    "mistral": ("mistralai:mistral-large-latest", "/v1"),
    "ollama": ("ollama:qwen3", ""),
}
# Responses are spoken to by the same client as chat completions.
CLIENTS = [provider for provider in PROVIDERS if provider != "responses"]
SOON = ("openai", "responses")
KEY = "sk-proj-a-secret-that-nobody-may-see"
PASSAGES = (
    PromptPassage("The council met in Oslo and agreed on a budget.", "Reuters, 3 Dec 2024"),
    PromptPassage("It rained.", "AP"),
)
WELL = claims(("The council agreed on a budget.", [1], ["agreed on a budget"]), ("It rained.", [2], ["It rained."]))


def others_slow(cases: Iterable[Any]) -> list[Any]:
    """Cases that are a provider, or begin with one: those of other clients than OpenAI's, which take seconds to load,
    are marked as slow.
    """
    rows = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*row, marks=[] if row[0] in SOON else pytest.mark.slow) for row in rows]


each_provider = pytest.mark.parametrize("provider", others_slow(PROVIDERS))
each_client = pytest.mark.parametrize("provider", others_slow(CLIENTS))


@dataclass
class Talk:
    """A chat with a provider whose server says what a test orders. `waited` are the pauses it would have made."""

    chat: Chat
    server: ModelServer
    usage: Usage
    waited: list[float] = field(default_factory=list)

    def ask(self, text: str = "What was agreed?", on_progress: Callable[[int], object] = id, **other: Any) -> Reply:
        task = Task(**{"purpose": "answer", "text": text, "passages": PASSAGES, **other})
        return self.chat.send(self.chat.prepare(task), on_progress)

    @property
    def day(self) -> DayOfUsage:
        (day,) = self.usage.stats()
        return day


Talks = Callable[..., Talk]
_END = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="session", autouse=True)
def nobodys_providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No settings of the providers' own from whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        # Every client reads all certificates of the world, though nothing here is asked over TLS: one will do.
        certificate = tmp_path_factory.mktemp("certificates") / "one.pem"
        certificate.write_text(Path(certifi.where()).read_text("utf-8").partition(_END)[0] + _END)
        patch.setenv("SSL_CERT_FILE", str(certificate))
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "OLLAMA_HOST", "LANGSMITH_TRACING"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty catalog, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    with opened(folder):
        return folder


@pytest.fixture
def catalog(empty: Path, tmp_path: Path) -> Iterator[Catalog]:
    """Nothing in it yet."""
    shutil.copytree(empty, tmp_path / "data")
    with opened(tmp_path / "data") as there:
        yield there


@pytest.fixture(scope="session")
def running() -> Iterator[ModelServer]:
    """One server for all tests: the clients keep what they have made for an address, which takes them a while."""
    with ModelServer() as there:
        yield there


@pytest.fixture
def server(running: ModelServer) -> ModelServer:
    """A server that has not been asked anything yet."""
    running.asked.clear()
    return running


@pytest.fixture
def talks(catalog: Catalog, server: ModelServer, warm: Callable[[str], None]) -> Talks:
    """Opens chats with one of the providers, or with another model by its name."""

    def talk(provider: str, *says: Answer, breaker: CircuitBreaker | None = None, **settings: Any) -> Talk:
        model, path = PROVIDERS.get(provider, (provider, "/v1"))
        if provider in PROVIDERS:
            warm(provider)
        server.says(*says)
        # Under the names that the environment would have.
        keys = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY"), KEY)
        known = {"chat_model": model, "chat_url": server.url + path, **keys}
        set_up = Settings(**{**known, **settings})
        waited = list[float]()
        budget = Budget(catalog, set_up.chat_tokens_person, set_up.chat_tokens_day)
        chat = open_chat(set_up, budget, Replies(catalog), breaker, waited.append)
        assert chat
        return Talk(chat, server, budget, waited)

    return talk


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Uses a provider's client once: the first time it goes on loading for seconds, whatever a test's time is."""

    @cache
    def use(provider: str) -> None:
        model, path = PROVIDERS[provider]
        with ModelServer() as server, opened(tmp_path_factory.mktemp("warm")) as there:
            server.says(Says(WELL))
            settings = Settings(chat_model=model, chat_url=server.url + path)
            chat = open_chat(settings, Budget(there, 10**6, 10**6), Replies(there))
            assert chat
            chat.send(chat.prepare(Task("answer", "What?", PASSAGES)))

    return use
