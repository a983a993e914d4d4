"""Audiences: a server sees the shared articles and its own, a private message only the shared ones."""

from __future__ import annotations

from retrieval.domain.articles import SHARED


def scopes(guild: int | None) -> tuple[str, ...]:
    """The scopes of the articles that a server sees; None is a private message."""
    return (SHARED, scope(guild)) if guild else (SHARED,)


def scope(guild: int | None) -> str:
    """The scope of a server's own articles and conversations."""
    return str(guild) if guild else SHARED
