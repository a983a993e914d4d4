"""Reads LangChain's chunks, wherever the provider put their parts."""

from __future__ import annotations

from typing import Any

from retrieval.llm.streaming import StreamPiece

# The providers' words for a refusal, and for a reply that reached its limit.
REFUSED = frozenset(("refusal", "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii"))
FULL = frozenset(("length", "max_tokens", "max_output_tokens", "model_length"))


def piece(message: Any) -> StreamPiece:
    """An `AIMessageChunk` as a piece; the arguments of a tool call count as text."""
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
