"""What a chunk of LangChain's says, wherever its provider put it."""

from __future__ import annotations

from typing import Any

from retrieval.llm.streaming import StreamPiece

# How providers say that a model would not, and that it might not go on.
REFUSED = frozenset(("refusal", "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii"))
FULL = frozenset(("length", "max_tokens", "max_output_tokens", "model_length"))


def piece(message: Any) -> StreamPiece:
    """An `AIMessageChunk` as a piece: text and the arguments of a tool called for its form are one to us."""
    about, counted = message.response_metadata, message.usage_metadata
    called = "".join(each.get("args") or "" for each in getattr(message, "tool_call_chunks", ()))
    stopped = _stopped(about)
    return StreamPiece(
        text=called or str(message.text),
        stopped=stopped,
        refused=stopped in REFUSED or _refuses(message),
        tokens=(counted["input_tokens"], counted["output_tokens"]) if counted else None,
    )


def ending(error: Exception) -> StreamPiece | None:
    """Ways to end that clients make errors of; None for any other error."""
    name = type(error).__name__
    if name == "LengthFinishReasonError":
        return StreamPiece(stopped="length")
    if name == "ContentFilterFinishReasonError":
        return StreamPiece(stopped="content_filter", refused=True)
    # LangChain's, for an answer without as much as an empty piece.
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
