"""The only module that uses LangChain's chat models; it reads the pieces of a streamed reply from their chunks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from retrieval.domain.llm import Purpose
from retrieval.domain.phrase import Phrase
from retrieval.errors import SettingsError
from retrieval.llm import output_parsing, providers
from retrieval.llm.providers import ProviderError
from retrieval.llm.requests import PromptRequest
from retrieval.settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

# The providers' words for a refusal.
_REFUSED = frozenset(("refusal", "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii"))


@dataclass(frozen=True, slots=True)
class StreamPiece:
    """A piece of a reply. `stopped` is the provider's word for why the reply ended; `tokens` are (in, out) so far."""

    text: str = ""
    stopped: str = ""
    refused: bool = False
    tokens: tuple[int, int] | None = None


class Client:
    """A provider's chat model through LangChain, or the model that is passed. It sends nothing before the first `say`.

    Raises:
        SettingsError: the package of the provider is missing, or its key.
    """

    def __init__(self, settings: Settings, answer_tokens: int, given: BaseChatModel | None = None) -> None:
        self.model = settings.chat_model or name_of(given)
        self._settings = settings
        self._answer_tokens = answer_tokens
        self._given = given
        self._loading = Lock()
        self._models: dict[tuple[Purpose, bool], Runnable[Any, Any]] = {}
        self._key = None if given else providers.find_key(settings)

    def load(self) -> None:
        """Load the provider's package, which takes seconds and is not part of the time of `say`.

        Raises:
            SettingsError: the model cannot be used.
        """
        with self._loading:
            self._model  # noqa: B018 - the first access creates it

    def say(self, request: PromptRequest, put: Callable[[StreamPiece], None], formed: bool = True) -> None:
        """Send the request, and pass on every piece of the reply. With `formed`, the provider is asked for
        structured output.

        Raises:
            ProviderError: it failed.
        """
        try:
            model = self._bound(request.task.purpose, formed)
            # The callback gets the pieces as the provider sent them. A model that cannot stream gives one whole reply,
            # which has not broken off even if nothing says why it ended.
            heard = _Heard(put)
            for whole in model.stream(self._messages(request), config={"callbacks": _heard_by(heard)}):
                if not heard.any:
                    said = piece(whole)
                    put(replace(said, stopped=said.stopped or "stop"))
        except NotImplementedError as error:
            raise ProviderError(Phrase("the model's provider does not take the question"), form=True) from error
        except Exception as error:  # every provider has its own tree of errors
            if (last := ending(error)) is None:
                raise providers.fault(error) from None
            put(last)

    def _bound(self, purpose: Purpose, formed: bool) -> Runnable[Any, Any]:
        with self._loading:
            if (purpose, formed) not in self._models:
                form = output_parsing.schema(purpose) if formed else None
                self._models[purpose, formed] = self._held(form) if form else self._plain()
            return self._models[purpose, formed]

    def _held(self, form: dict[str, Any]) -> Runnable[Any, Any]:
        """The model with structured output, without LangChain's parsing of it.

        That would fail on replies that we can still read. With `include_raw` it would run in pool threads, for
        which the process waits at its end, however long the provider keeps a connection open.
        """
        from langchain_core.runnables import RunnableSequence

        profile = _profile(self._model)
        model = self._model if self._given else self._made(**providers.tuned(self._settings, profile))
        read = model.with_structured_output(form, **providers.held(self._settings, profile))
        return read.first if isinstance(read, RunnableSequence) else model

    def _plain(self) -> Runnable[Any, Any]:
        """The model without options that some servers reject."""
        own = self._settings.chat_model.startswith("openai:") and not self._given
        responses = getattr(self._model, "use_responses_api", None)
        return self._model.bind(stream_usage=False) if own and not responses else self._model

    def _messages(self, request: PromptRequest) -> list[BaseMessage]:
        """The rules come first: they never change, so that providers can cache them. Anthropic does where they are
        marked, and ignores the mark on rules that are too short for its cache.
        """
        from langchain_core.messages import SystemMessage, convert_to_messages

        made, (role, rules) = convert_to_messages(request.messages), request.messages[0]
        if role == "system" and self._settings.chat_model.startswith("anthropic:"):
            made[0] = SystemMessage(content=[{"type": "text", "text": rules, "cache_control": {"type": "ephemeral"}}])
        return made

    @cached_property
    def _model(self) -> BaseChatModel:
        return self._given or self._made()

    def _made(self, **others: Any) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        try:
            own = providers.options(self._settings, self._answer_tokens, self._key)
            model: BaseChatModel = init_chat_model(self.model, **own, **others)
            return model
        except ImportError as error:
            package = re.search(r"langchain[-_][\w-]+", str(error))
            wanted = f"`pip install {package[0].replace('_', '-')}`" if package else "install its package"
            raise SettingsError(f"BRIEFING_CHAT_MODEL names {self.model}, whose package is missing: {wanted}") from None
        except Exception as error:  # the message of a provider's package may contain the key
            raise SettingsError(f"BRIEFING_CHAT_MODEL: {self.model} cannot be used ({type(error).__name__})") from None


class _Heard:
    """Passes pieces on, and remembers if there were any."""

    def __init__(self, put: Callable[[StreamPiece], None]) -> None:
        self._put = put
        self.any = False

    def __call__(self, said: StreamPiece) -> None:
        self.any = True
        self._put(said)


def name_of(model: BaseChatModel | None) -> str:
    """The name of the model passed in place of the settings'."""
    if model is None:
        return ""
    return str(getattr(model, "model_name", None) or getattr(model, "model", None) or type(model).__name__)


def _profile(model: BaseChatModel) -> Mapping[str, Any]:
    """LangChain's profile of a model; empty for an unknown one."""
    return getattr(model, "profile", None) or {}


def _heard_by(put: Callable[[StreamPiece], None]) -> Any:
    """Our listener, added to the callbacks of the chain that this call is a step of."""
    from langchain_core.callbacks import BaseCallbackManager
    from langchain_core.runnables import ensure_config

    around = ensure_config().get("callbacks")
    if isinstance(around, BaseCallbackManager):
        joined = around.copy()
        joined.add_handler(_listener(put), inherit=False)
        return joined
    return [*(around or ()), _listener(put)]


def _listener(put: Callable[[StreamPiece], None]) -> BaseCallbackHandler:
    from langchain_core.callbacks import BaseCallbackHandler

    class Listener(BaseCallbackHandler):
        raise_error = True

        def on_llm_new_token(self, token: object, *, chunk: Any = None, **_about: Any) -> None:  # noqa: ARG002
            put(piece(chunk.message))

    return Listener()


def piece(message: Any) -> StreamPiece:
    """An `AIMessageChunk` as a piece; the arguments of a tool call count as text."""
    about = message.response_metadata
    called = "".join(each.get("args") or "" for each in getattr(message, "tool_call_chunks", ()))
    stopped = _stopped(about)
    return StreamPiece(
        text=called or str(message.text),
        stopped=stopped,
        refused=stopped in _REFUSED or _refuses(message),
        tokens=_tokens(message),
    )


def _tokens(message: Any) -> tuple[int, int] | None:
    """The tokens in and out. Where every piece repeats its role, as LM Studio's do, LangChain leaves the count as the
    server gave it.
    """
    if counted := message.usage_metadata:
        return counted["input_tokens"], counted["output_tokens"]
    own = message.response_metadata.get("token_usage") or {}
    read, wrote = own.get("prompt_tokens"), own.get("completion_tokens")
    return (read, wrote) if isinstance(read, int) and isinstance(wrote, int) else None


def ending(error: Exception) -> StreamPiece | None:
    """The end of a reply, for errors that some clients raise for it; None for any other error."""
    name = type(error).__name__
    if name == "LengthFinishReasonError":
        return StreamPiece(stopped="length")
    if name == "ContentFilterFinishReasonError":
        return StreamPiece(stopped="content_filter", refused=True)
    # LangChain's error for a reply without any piece.
    return StreamPiece() if str(error) == "No generation chunks were returned" else None


def _stopped(about: dict[str, Any]) -> str:
    why = (about.get("incomplete_details") or {}).get("reason")
    named = (about.get(name) for name in ("finish_reason", "stop_reason", "done_reason", "status", "done"))
    return str(why or next(filter(None, named), "")).lower()


def _refuses(message: Any) -> bool:
    blocks = message.content if isinstance(message.content, list) else []
    return bool(message.additional_kwargs.get("refusal")) or any(
        isinstance(each, dict) and each.get("type") == "refusal" for each in blocks
    )
