"""The one module that knows LangChain's chat models: from the settings to what comes back, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from retrieval.chat import faults, forms
from retrieval.chat.chunks import ending, piece
from retrieval.chat.pieces import Piece, ProviderError
from retrieval.chat.requests import Request
from retrieval.errors import SettingsError
from retrieval.models import Purpose
from retrieval.settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

# The providers that have an extra of ours, and how each is held to a form.
_EXTRAS = {"openai": "langchain_openai", "anthropic": "langchain_anthropic", "ollama": "langchain_ollama"}
_FORMED: dict[str, dict[str, Any]] = {
    "openai": {"method": "json_schema", "strict": True},
    "anthropic": {"method": "function_calling"},
    "ollama": {"method": "json_schema"},
}


class Client:
    """A provider's model, as LangChain has it. Nothing is loaded and nobody is asked before the first `say`.

    Raises:
        SettingsError: the package of the provider is missing, or its key.
    """

    def __init__(self, settings: Settings, answer_tokens: int) -> None:
        self.model = settings.chat_model
        self._provider = settings.chat_model.partition(":")[0]
        self._settings = settings
        self._answer_tokens = answer_tokens
        self._loading = Lock()
        self._models: dict[tuple[Purpose, bool], Runnable[Any, Any]] = {}
        if self._provider in _EXTRAS and find_spec(_EXTRAS[self._provider]) is None:
            raise SettingsError(
                f"BRIEFING_CHAT_MODEL names {self.model}, but its package is not installed: "
                f"`uv sync --extra {self._provider}`, or `pip install 'briefing[{self._provider}]'`"
            )
        self._key = self._find_key()

    def _find_key(self) -> SecretStr | None:
        keys = {"openai": self._settings.openai_api_key, "anthropic": self._settings.anthropic_api_key}
        if self._provider not in keys:
            return None
        # A server of one's own may want no key, but its client does.
        key = keys[self._provider] if keys[self._provider] or not self._settings.chat_url else SecretStr("none")
        if not key:
            name = f"{self._provider.upper()}_API_KEY"
            raise SettingsError(f"BRIEFING_CHAT_MODEL names {self.model}, but {name} is not set")
        return key

    def load(self) -> None:
        """Load the provider's package, which takes seconds: `say` can then be measured.

        Raises:
            SettingsError: the model cannot be used.
        """
        with self._loading:
            self._model  # noqa: B018 - it is made when it is looked at

    def say(self, request: Request, put: Callable[[Piece], None], formed: bool = True) -> None:
        """Ask the model, and hand over each piece as it comes. Not `formed`, nothing is asked of the provider but text.

        Raises:
            ProviderError: it failed.
        """
        try:
            model = self._bound(request.purpose, formed)
            # The pieces come by way of the callback, which has them as the provider sent them.
            for _whole in model.stream(self._messages(request), config={"callbacks": [_listener(put)]}):
                pass
        except NotImplementedError as error:
            raise ProviderError("the model's provider does not take the question", form=True) from error
        except Exception as error:  # each provider has its own tree of errors
            if (last := ending(error)) is None:
                raise faults.fault(error) from None
            put(last)

    def _bound(self, purpose: Purpose, formed: bool) -> Runnable[Any, Any]:
        with self._loading:
            if (purpose, formed) not in self._models:
                model: Runnable[Any, Any] = self._model
                if formed and (form := forms.schema(purpose)):
                    model = self._held(form)
                elif self._provider == "openai" and not getattr(self._model, "use_responses_api", None):
                    # Not every server that speaks its protocol knows this either.
                    model = self._model.bind(stream_usage=False)
                self._models[purpose, formed] = model
            return self._models[purpose, formed]

    def _held(self, form: dict[str, Any]) -> Runnable[Any, Any]:
        """The model held to a form, without LangChain's reading of it.

        That would fail at what we can still read; beside the raw text it would run in threads of a pool, for which the
        process waits at its end, however long the provider keeps a line open.
        """
        from langchain_core.runnables import RunnableSequence

        how = _FORMED.get(self._provider, {})
        read = self._model.with_structured_output(form, **how)
        return read.first if isinstance(read, RunnableSequence) else self._model

    def _messages(self, request: Request) -> list[BaseMessage]:
        """The rules first: they are the same every time, and providers keep what they have read before."""
        from langchain_core.messages import HumanMessage, SystemMessage

        if self._provider != "anthropic":
            return [SystemMessage(request.rules), HumanMessage(request.text)]
        kept = {"type": "text", "text": request.rules, "cache_control": {"type": "ephemeral"}}
        return [SystemMessage(content=[kept]), HumanMessage(request.text)]

    @cached_property
    def _model(self) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        try:
            model: BaseChatModel = init_chat_model(self.model, **self._options())
            return model
        except ImportError as error:
            package = re.search(r"langchain[-_][\w-]+", str(error))
            wanted = f"`pip install {package[0].replace('_', '-')}`" if package else "install its package"
            raise SettingsError(f"BRIEFING_CHAT_MODEL names {self.model}, whose package is missing: {wanted}") from None
        except Exception as error:  # what a provider's package says of its options may hold the key
            raise SettingsError(f"BRIEFING_CHAT_MODEL: {self.model} cannot be used ({type(error).__name__})") from None

    def _options(self) -> dict[str, Any]:
        seconds, tokens, url = self._settings.chat_seconds, self._answer_tokens, self._settings.chat_url
        where = {"base_url": url} if url else {}
        if self._provider == "ollama":
            # Without num_ctx it cuts off the beginning of what is longer than its own default: the rules.
            room = {"num_predict": tokens, "num_ctx": self._settings.chat_tokens, "temperature": 0}
            return {**where, **room, "client_kwargs": {"timeout": seconds}}
        options = {**where, "timeout": seconds, "max_retries": 0, "max_tokens": tokens}
        if self._key:
            options["api_key"] = self._key
        if self._provider == "openai":
            # Asked for by name: elsewhere than at OpenAI it is left out. And nothing is to be kept there.
            options |= {"stream_usage": True} if url else {"stream_usage": True, "store": False}
        return options


def _listener(put: Callable[[Piece], None]) -> BaseCallbackHandler:
    from langchain_core.callbacks import BaseCallbackHandler

    class Listener(BaseCallbackHandler):
        raise_error = True

        def on_llm_new_token(self, token: object, *, chunk: Any = None, **_about: Any) -> None:  # noqa: ARG002
            put(piece(chunk.message))

    return Listener()
