"""The access to the language model: cache, budget and circuit breaker around every exchange with it."""

from __future__ import annotations

import hashlib
import logging
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from typing import Any, Literal, Protocol

from retrieval import observing
from retrieval.domain.llm import Call, Claim, Opinion, Reply, Task
from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError, ChatError
from retrieval.llm import providers, requests
from retrieval.llm.client import Client
from retrieval.llm.exchange import Bill, CircuitBreaker, Exchange
from retrieval.llm.output_parsing import Content
from retrieval.llm.requests import PromptRequest
from retrieval.settings import Settings

_log = logging.getLogger(__name__)


class ReplyStore(Protocol):
    """A store of replies: `storage.usage.Replies`."""

    def find(self, key: str) -> Mapping[str, Any] | None: ...

    def keep(self, key: str, reply: Mapping[str, Any], person: str = "") -> None: ...


class ReplyCache:
    """The cached replies of one model at the address `where`."""

    def __init__(self, store: ReplyStore, model: str, where: str) -> None:
        self._store = store
        self._model = f"{model}\n{where}\n"

    def find(self, request: PromptRequest) -> Reply | None:
        """The model's earlier reply to the same request."""
        kept = self._store.find(self._key(request))
        try:
            if kept is None:
                return None
            parts = {name: tuple(map(make, kept[name])) for name, make in _PARTS.items()}
            return Reply(**{**kept, **parts, "numbers": tuple(kept["numbers"]), "cached": True})
        except (TypeError, KeyError):
            # Stored by another version, with other fields.
            return None

    def keep(self, request: PromptRequest, reply: Reply) -> None:
        """Store a reply, unless it broke off: then a new attempt is better."""
        if not reply.cut:
            self._store.keep(self._key(request), asdict(reply), request.task.person)

    def _key(self, request: PromptRequest) -> str:
        return hashlib.sha256((self._model + request.key).encode()).hexdigest()


def _claim(kept: Mapping[str, Any]) -> Claim:
    return Claim(**{**kept, "passages": tuple(kept["passages"]), "quotes": tuple(kept["quotes"])})


def _opinion(kept: Mapping[str, Any]) -> Opinion:
    return Opinion(**{**kept, "quotes": tuple(kept["quotes"])})


_PARTS = {"claims": _claim, "opinions": _opinion}


class TokenLedger(Protocol):
    """Counts tokens, and reserves them during a call: `storage.usage.Budget`."""

    def holding(self, person: str, tokens: int) -> AbstractContextManager[Callable[[int], None]]: ...

    def record(self, call: Call) -> None: ...


class Chat:
    """A language model. Thread-safe; made by `open_chat`."""

    def __init__(
        self,
        settings: Settings,
        ledger: TokenLedger,
        store: ReplyStore,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], object] = time.sleep,
        given: Any = None,
    ) -> None:
        self._settings = settings
        # A third for the answer, including the model's reasoning.
        self._answer_tokens = settings.chat_tokens // 3
        self._client = Client(settings, self._answer_tokens, given)
        self.model = self._client.model
        self._ledger = ledger
        self._recall = ReplyCache(store, self.model, settings.chat_url)
        self._breaker = breaker or CircuitBreaker()
        self._sleep = sleep
        self._formed = True

    def prepare(self, task: Task) -> PromptRequest:
        """The request for a task, with as much of its material as fits.

        Raises:
            ChatError: the question is too long.
        """
        return requests.write(task, self._settings.chat_tokens - self._answer_tokens)

    def send(self, request: PromptRequest, on_progress: Callable[[int], object] = lambda _claims: None) -> Reply:
        """Send the model a request. Calls `on_progress`, in this thread, with the number of claims written so far.

        Takes at most `chat_seconds` once the provider's package is loaded. The reply is not checked: its
        numbers and quotes may be invented.

        Raises:
            ChatError: there is no reply; the message says why, in words for the reader.
            SettingsError: the model cannot be used as the settings have it.
        """
        if kept := self._recall.find(request):
            self._record(request, Bill(), 0, "cached")
            return kept
        self._client.load()
        with self._ledger.holding(request.task.person, request.tokens + self._answer_tokens) as hold:
            if not self._breaker.allows():
                raise ChatError(Phrase("the model is paused after repeated failures"))
            with observing.step("model"):
                content = self._exchange(request, on_progress, hold)
        reply = Reply(
            model=self.model,
            given=request.given,
            claims=content.claims,
            question=content.question,
            opinions=content.opinions,
            numbers=content.numbers,
            prompt=request.version,
            cut=not content.whole,
        )
        with _willing():
            self._recall.keep(request, reply)
        return reply

    def _exchange(
        self, request: PromptRequest, on_progress: Callable[[int], object], hold: Callable[[int], None]
    ) -> Content:
        task, started = request.task, time.perf_counter()
        seconds = min(self._settings.chat_seconds, task.seconds or self._settings.chat_seconds)
        room = self._answer_tokens
        exchange = Exchange(
            model=self._client,
            request=request,
            seconds=seconds,
            answer_tokens=room,
            formed=self._formed,
            on_progress=on_progress,
            hold=hold,
            sleep=self._sleep,
        )
        outcome: Literal["done", "failed"] = "failed"
        try:
            content = exchange.run()
            outcome, self._formed = "done", exchange.formed
            return content
        except ChatError as error:
            _log.warning("%s by %s: %s", task.purpose, self.model, error)
            raise
        except Exception as error:  # the reader gets an answer, whatever a provider sends
            _log.error("%s by %s: %s", task.purpose, self.model, _trace(error))
            raise ChatError(providers.UNREADABLE) from None
        finally:
            self._breaker.note(exchange.well)
            self._record(request, exchange.bill, time.perf_counter() - started, outcome)

    def _record(
        self, request: PromptRequest, bill: Bill, seconds: float, outcome: Literal["done", "cached", "failed"]
    ) -> None:
        task = request.task
        prices = self._settings.chat_price_in, self._settings.chat_price_out
        cost = (bill.tokens_in * prices[0] + bill.tokens_out * prices[1]) / 1_000_000
        _log.info(
            "%s by %s: %s, %d + %d tokens%s, %d ms",
            task.purpose,
            self.model,
            outcome,
            bill.tokens_in,
            bill.tokens_out,
            " estimated" if bill.estimated else "",
            seconds * 1000,
        )
        call = Call(
            purpose=task.purpose,
            model=self.model,
            person=task.person,
            tokens_in=bill.tokens_in,
            tokens_out=bill.tokens_out,
            estimated=bill.estimated,
            cost=cost,
            seconds=seconds,
            outcome=outcome,
            prompt=request.version,
        )
        observing.tell(replace(call, person=""))
        with _willing():
            self._ledger.record(call)


@contextmanager
def _willing() -> Iterator[None]:
    """A reply is returned even if it can be neither counted nor cached."""
    try:
        yield
    except BriefingError as error:
        _log.warning("a reply of the model could not be counted or cached: %s", error)
    except Exception as error:
        _log.error("a reply of the model could not be counted or cached: %s", _trace(error))


def _trace(error: Exception) -> str:
    """The stack trace of an error without its message, which may contain a key or the question."""
    return "".join([type(error).__name__, "\n", *traceback.format_tb(error.__traceback__)])


def open_chat(
    settings: Settings,
    ledger: TokenLedger,
    store: ReplyStore,
    breaker: CircuitBreaker | None = None,
    sleep: Callable[[float], object] = time.sleep,
    given: Any = None,
) -> Chat | None:
    """The chat model of the settings, or the `BaseChatModel` that is passed; None without either. It sends nothing yet.

    Raises:
        SettingsError: the package or the key of the provider is missing.
    """
    return Chat(settings, ledger, store, breaker, sleep, given) if settings.chat_model or given else None
