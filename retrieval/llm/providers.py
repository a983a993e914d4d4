"""The providers of models: package, key, options and way of structured output of those that have an extra of ours.

A failure of any provider is translated by its kind and status; its text is never passed on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from math import ceil, isfinite
from typing import Any

from pydantic import SecretStr

from retrieval.domain.phrase import Phrase
from retrieval.errors import SettingsError
from retrieval.settings import Settings

_log = logging.getLogger(__name__)
LATE = Phrase("the model did not answer in time")
UNREADABLE = Phrase("the model's answer could not be read")
TOO_LONG = Phrase("the passages are too long for the model")
BUSY = Phrase("the model is asked too much at the moment")
BROKEN = Phrase("the model's provider is out of order")
UNREACHABLE = Phrase("the model cannot be reached")
# Failures by status that a retry does not help; those that may pass are below.
_LASTING = {
    401: Phrase("the model's provider refuses the key"),
    402: Phrase("the account at the model's provider is used up"),
    403: Phrase("the model's provider refuses the key"),
    404: Phrase("the model's provider has no such model"),
    413: TOO_LONG,
}
_PASSING = {408: LATE, 409: BROKEN, 425: BROKEN, 429: BUSY}
# None and 200 in the middle of a stream.
_MAY_OVERFLOW = (None, -1, 200, 400, 413, 422, 500)
_OVERFLOW = re.compile(
    r"context[ _]?(length|window|size)|prompt is too long|too many tokens|maximum.{0,30}tokens", re.I
)
_USED_UP = re.compile(r"insufficient_quota|credit balance", re.I)


class ProviderError(Exception):
    """A provider or the connection to it failed; the message is the reason for the reader, in our own words.

    A `passing` failure may be gone at the next attempt, `after` seconds if the provider says so. With `form` the
    provider rejected the request, perhaps because of structured output; with `garbled` the reply could not be read.
    """

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = False,
        after: float | None = None,
        form: bool = False,
        garbled: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.garbled = garbled
        self.passing = passing
        self.after = after
        self.form = form


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider by LangChain's name: the package, our extra, and the setting that has its key."""

    package: str
    extra: str
    key: str = ""


PROVIDERS = {
    "openai": Provider("langchain_openai", "openai", "openai_api_key"),
    "anthropic": Provider("langchain_anthropic", "anthropic", "anthropic_api_key"),
    "google_genai": Provider("langchain_google_genai", "google", "google_api_key"),
    "mistralai": Provider("langchain_mistralai", "mistral", "mistral_api_key"),
    "ollama": Provider("langchain_ollama", "ollama"),
}


def find_key(settings: Settings) -> SecretStr | None:
    """The key of the model's provider; None for a provider without an extra of ours.

    Raises:
        SettingsError: the package of the provider is missing, or its key.
    """
    model = settings.chat_model
    provider = PROVIDERS.get(model.partition(":")[0])
    if provider is None:
        return None
    if find_spec(provider.package) is None:
        raise SettingsError(
            f"BRIEFING_CHAT_MODEL names {model}, but its package is not installed: `uv sync --extra {provider.extra}`"
        )
    if not provider.key:
        return None
    key: SecretStr = getattr(settings, provider.key)
    # A private server may need no key, but its client does.
    if not key and not settings.chat_url:
        raise SettingsError(f"BRIEFING_CHAT_MODEL names {model}, but {provider.key.upper()} is not set")
    return key or SecretStr("none")


def options(settings: Settings, tokens: int, key: SecretStr | None) -> dict[str, Any]:
    """The options of a provider's client; its own retries are off, because they would add to ours."""
    name, url = settings.chat_model.partition(":")[0], settings.chat_url
    where = {"base_url": url} if url else {}
    if name == "ollama":
        # Without num_ctx it cuts off the start of a request longer than its own default, and so the rules.
        room = {"num_predict": tokens, "num_ctx": settings.chat_tokens}
        return {**where, **room, "client_kwargs": {"timeout": settings.chat_seconds}}
    made = {**where, "timeout": settings.chat_seconds, "max_retries": 0, "max_tokens": tokens}
    if key:
        made["api_key"] = key
    if name == "openai":
        # Usage must be requested explicitly for other servers than OpenAI's; OpenAI shall store nothing.
        made |= {"stream_usage": True} if url else {"stream_usage": True, "store": False}
    if name == "google_genai":
        made["max_retries"] = 1  # it counts the first attempt, and replaces 0 by its own default
    if name == "mistralai":
        made["timeout"] = ceil(settings.chat_seconds)
    return made


def tuned(settings: Settings, profile: Mapping[str, Any]) -> dict[str, Any]:
    """The temperature, and the reasoning effort where the model's profile allows them."""
    made: dict[str, Any] = {}
    if profile.get("temperature") is not False:
        made["temperature"] = settings.chat_temperature
    if settings.chat_effort in (profile.get("reasoning_effort_levels") or ()):
        made["reasoning_effort"] = settings.chat_effort
    return made


def held(settings: Settings, profile: Mapping[str, Any]) -> dict[str, Any]:
    """The options of LangChain's structured output: the provider's own method where it has one."""
    name = settings.chat_model.partition(":")[0]
    if name == "anthropic":
        return {"method": "json_schema" if profile.get("structured_output") else "function_calling"}
    strict = {"strict": True} if name == "openai" else {}
    return {"method": "json_schema", **strict} if name in PROVIDERS else {}


def fault(error: Exception) -> ProviderError:
    """The failure in our own words, by kind, status, headers and code."""
    kinds = " ".join(each.__name__ for each in type(error).__mro__)
    status, said = _status(error), f"{error} {getattr(error, 'body', '')}"
    _log.warning("the model's provider failed: %s, status %s", type(error).__name__, status)
    if "ContextOverflow" in kinds or (status in _MAY_OVERFLOW and _OVERFLOW.search(said)):
        return ProviderError(TOO_LONG)
    if _USED_UP.search(said):
        return ProviderError(_LASTING[402])
    if status in _LASTING:
        return ProviderError(_LASTING[status])
    if status in _PASSING:
        return ProviderError(_PASSING[status], passing=True, after=_after(error))
    if status in (400, 405, 415, 422, 501):
        return ProviderError(Phrase("the model's provider does not take the question"), form=True)
    if "Timeout" in kinds:
        return ProviderError(LATE, passing=True)
    if "ConnectionError" in kinds or "TransportError" in kinds:
        return ProviderError(UNREACHABLE, passing=True)
    # A failure in the middle of a stream; LangChain raises a ValueError for it with OpenAI's responses API.
    if status is not None or "APIError" in kinds or "ResponseError" in kinds or type(error) is ValueError:
        return ProviderError(BROKEN, passing=True, after=_after(error))
    return ProviderError(UNREADABLE)


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    status = status or getattr(error, "code", None)
    if status is None and error.__cause__ and "LangChainException" in {each.__name__ for each in type(error).__mro__}:
        return _status(error.__cause__)  # Google's client wraps the original error
    return status if isinstance(status, int) else None


def _after(error: BaseException) -> float | None:
    """The seconds that the provider asks to wait."""
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    headers: Any = getattr(response, "headers", None) or {}
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        return max(seconds, 0.0) if isfinite(seconds) else None
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError, ArithmeticError):
        return None
