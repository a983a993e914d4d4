"""Translates a provider's failure by its kind and status; its text is never passed on."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from retrieval.domain.phrase import Phrase
from retrieval.llm.streaming import ProviderError

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
