"""The outcome of adding articles, for Discord: one line for an article."""

from __future__ import annotations

from bot.presentation.discord.markdown import can_link, clean_line, code, escape, masked
from bot.presentation.message_splitting import shorten
from bot.presentation.wording import day
from retrieval.domain.articles import AddedArticle

_TITLE, _OUTLET, _NAME, _REASON = 120, 40, 100, 200
_STATES = {"added": "✅ Added for this server", "updated": "✅ Updated", "unchanged": "☑️ Already stored"}


def taken(came: AddedArticle, link: str | None) -> str:
    """The line for an article that is stored."""
    known = came.article.metadata
    title = shorten(clean_line(known.title or "") or clean_line(came.article.file) or "untitled", _TITLE)
    parts = [f"{_STATES[came.state]}: {masked(title, link) if link and can_link(link) else escape(title)}"]
    if outlet := shorten(clean_line(known.outlet or ""), _OUTLET):
        parts.append(escape(outlet))
    parts.append(day(known.published, known.published_estimated))
    if came.duplicate:
        parts.append(f"a {came.duplicate.kind} of {code(shorten(clean_line(came.duplicate.of), _NAME) or '?')}")
    return " · ".join(parts)


def refused(name: str, reason: str) -> str:
    """The line for an address or a file without an article; `reason` is escaped already."""
    return f"⚠️ {code(shorten(clean_line(name), _NAME) or '?')}: {reason}"


def why(error: Exception) -> str:
    """The message of an error, escaped and shortened."""
    return escape(shorten(clean_line(str(error)), _REASON))
