"""The providers that have an extra of ours: package and key, what they take, how they hold a model to a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from typing import Any

from pydantic import SecretStr

from retrieval.errors import SettingsError
from retrieval.settings import Settings

# Tokens of rules from which on Anthropic keeps them, by what a model's name has in it, and characters of one.
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
    """The key of the model's provider; None where it has none of ours.

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
    # A server of one's own may want no key, but its client does.
    if not key and not settings.chat_url:
        raise SettingsError(f"BRIEFING_CHAT_MODEL names {model}, but {provider.key.upper()} is not set")
    return key or SecretStr("none")


def options(settings: Settings, tokens: int, key: SecretStr | None) -> dict[str, Any]:
    """What the client of a provider is made with; its own tries would come on top of ours."""
    name, url = settings.chat_model.partition(":")[0], settings.chat_url
    where = {"base_url": url} if url else {}
    if name == "ollama":
        # Without num_ctx it cuts off the beginning of what is longer than its own default: the rules.
        room = {"num_predict": tokens, "num_ctx": settings.chat_tokens}
        return {**where, **room, "client_kwargs": {"timeout": settings.chat_seconds}}
    made = {**where, "timeout": settings.chat_seconds, "max_retries": 0, "max_tokens": tokens}
    if key:
        made["api_key"] = key
    if name == "openai":
        # Asked for by name: elsewhere than at OpenAI it is left out. And nothing is to be kept there.
        made |= {"stream_usage": True} if url else {"stream_usage": True, "store": False}
    if name == "google_genai":
        made["max_retries"] = 1  # it counts the first try, and takes 0 for its own default
    if name == "mistralai":
        made["timeout"] = ceil(settings.chat_seconds)
    return made


def tuned(settings: Settings, profile: Mapping[str, Any]) -> dict[str, Any]:
    """Temperature, and effort where a model can be told how much to think; only what its profile does not rule out."""
    made: dict[str, Any] = {}
    if profile.get("temperature") is not False:
        made["temperature"] = settings.chat_temperature
    if settings.chat_effort in (profile.get("reasoning_effort_levels") or ()):
        made["reasoning_effort"] = settings.chat_effort
    return made


def held(settings: Settings, profile: Mapping[str, Any]) -> dict[str, Any]:
    """How LangChain is to hold a provider's model to a form: by the provider's own way, where it has one."""
    name = settings.chat_model.partition(":")[0]
    if name == "anthropic":
        return {"method": "json_schema" if profile.get("structured_output") else "function_calling"}
    strict = {"strict": True} if name == "openai" else {}
    return {"method": "json_schema", **strict} if name in PROVIDERS else {}


def keeps(settings: Settings, rules: str) -> bool:
    """Whether the provider wants rules marked for its cache, and they are long enough for it."""
    if not settings.chat_model.startswith("anthropic:"):
        return False
    least = next(tokens for name, tokens in _KEPT_FROM if name in settings.chat_model)
    return len(rules) >= least * _CHARACTERS
