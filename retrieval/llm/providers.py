"""The providers that have an extra of ours: package, key, options, and their way of structured output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from typing import Any

from pydantic import SecretStr

from retrieval.errors import SettingsError
from retrieval.settings import Settings

# The fewest tokens of rules that Anthropic caches, by a part of the model's name, and the characters of a token.
_KEPT_FROM = (("haiku-4-5", 4_096), ("opus-4-5", 4_096), ("haiku", 2_048), ("", 1_024))
_CHARACTERS = 3.5


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
            f"BRIEFING_CHAT_MODEL names {model}, but its package is not installed: "
            f"`uv sync --extra {provider.extra}`, or `pip install 'briefing[{provider.extra}]'`"
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


def keeps(settings: Settings, rules: str) -> bool:
    """Tell if the provider caches marked rules, and these are long enough for its cache."""
    if not settings.chat_model.startswith("anthropic:"):
        return False
    least = next(tokens for name, tokens in _KEPT_FROM if name in settings.chat_model)
    return len(rules) >= least * _CHARACTERS
