"""Who sees what: a server sees the shared articles and its own, a private message the shared ones."""

from __future__ import annotations

from retrieval.domain.articles import SHARED


def scopes(guild: int | None) -> tuple[str, ...]:
    """The scopes of the articles that are seen from a server."""
    return (SHARED, scope(guild)) if guild else (SHARED,)


def scope(guild: int | None) -> str:
    """The scope of what is said on a server, and of the articles that are its alone."""
    return str(guild) if guild else SHARED
