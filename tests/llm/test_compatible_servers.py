"""Replies of servers that speak OpenAI's protocol in their own ways, field by field as they publish them.

vLLM: `ChatCompletionResponse` and `ChatCompletionStreamResponse` of vllm/entrypoints/openai/protocol.py, and "Reasoning
Outputs" of docs.vllm.ai. Thoughts stand apart, each part says why it stopped in a field of its own, and the usage
comes in a last chunk without choices.

llama.cpp: tools/server/README.md of ggml-org/llama.cpp. The first chunk has a role and no content, the usage chunk has
the server's timings, the build is the fingerprint.

LM Studio: "Structured Output" and "OpenAI Compatibility Endpoints" of lmstudio.ai/docs. The fingerprint is the name of
the model, every chunk repeats the role, `stats` is there and empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from retrieval.domain.llm import Task
from retrieval.llm.service import open_chat
from retrieval.settings import Settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.usage import Budget, Replies
from tests.llm.conftest import PASSAGES, WELL, Talks
from tests.llm.test_providers import SAID
from tests.model_server import Says

_HALF = len(WELL) // 2
_STAMP = {"created": 1764400000, "model": "qwen3-8b"}
_THOUGHT = "The first passage says it."
_VLLM_USAGE = {"prompt_tokens": 812, "total_tokens": 874, "completion_tokens": 62, "prompt_tokens_details": None}
_PLAIN_USAGE = {"prompt_tokens": 812, "completion_tokens": 62, "total_tokens": 874}
_TIMINGS = {
    "cache_n": 700,
    "prompt_n": 112,
    "prompt_ms": 310.4,
    "prompt_per_token_ms": 2.771,
    "prompt_per_second": 360.8,
    "predicted_n": 62,
    "predicted_ms": 1410.0,
    "predicted_per_token_ms": 22.742,
    "predicted_per_second": 43.97,
}


@dataclass(frozen=True, slots=True)
class Server:
    """A whole reply of a server, the chunks of the same reply streamed, and the chunk with its usage."""

    reply: Mapping[str, Any]
    chunks: tuple[Mapping[str, Any], ...]
    usage: Mapping[str, Any]


def _chunk(delta: Mapping[str, Any], finish: str | None = None, **own: Any) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish, **own}


_VLLM = {"id": "chatcmpl-5f1c0a6d2f6b4f0f9c4e0f3a2a1b7c9d", **_STAMP}
_LLAMA = {"id": "chatcmpl-h3Kx0QzV7cWm1nTtq9Y8dRr2uB5sLpEf", **_STAMP, "system_fingerprint": "b6100-65c797c4"}
_STUDIO = {"id": "chatcmpl-b8x2kq4m0zj7w9t3c6v1na", **_STAMP, "system_fingerprint": "qwen3-8b"}

SERVERS = {
    "vLLM": Server(
        {
            **_VLLM,
            "object": "chat.completion",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": WELL,
                        "refusal": None,
                        "annotations": None,
                        "audio": None,
                        "function_call": None,
                        "tool_calls": [],
                        "reasoning_content": _THOUGHT,
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                    "stop_reason": None,
                    "token_ids": None,
                }
            ],
            "service_tier": None,
            "system_fingerprint": None,
            "usage": _VLLM_USAGE,
            "prompt_logprobs": None,
            "prompt_token_ids": None,
            "kv_transfer_params": None,
        },
        (
            _chunk({"role": "assistant", "content": ""}, logprobs=None),
            _chunk({"reasoning_content": _THOUGHT[:9]}, logprobs=None, token_ids=None),
            _chunk({"reasoning_content": _THOUGHT[9:]}, logprobs=None, token_ids=None),
            _chunk({"content": WELL[:_HALF]}, logprobs=None, token_ids=None),
            _chunk({"content": WELL[_HALF:]}, logprobs=None, token_ids=None),
            _chunk({"content": ""}, "stop", logprobs=None, stop_reason=None, token_ids=None),
        ),
        {"choices": [], "usage": _VLLM_USAGE},
    ),
    "llama.cpp": Server(
        {
            **_LLAMA,
            "object": "chat.completion",
            "choices": [
                {
                    "finish_reason": "stop",
                    "index": 0,
                    "message": {"role": "assistant", "reasoning_content": _THOUGHT, "content": WELL},
                }
            ],
            "usage": _PLAIN_USAGE,
            "timings": _TIMINGS,
        },
        (
            _chunk({"role": "assistant", "content": None}),
            _chunk({"reasoning_content": _THOUGHT}),
            _chunk({"content": WELL[:_HALF]}),
            _chunk({"content": WELL[_HALF:]}),
            _chunk({}, "stop"),
        ),
        {"choices": [], "usage": _PLAIN_USAGE, "timings": _TIMINGS},
    ),
    "LM Studio": Server(
        {
            **_STUDIO,
            "object": "chat.completion",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": WELL,
                        "reasoning_content": _THOUGHT,
                        "tool_calls": [],
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {**_PLAIN_USAGE, "completion_tokens_details": {"reasoning_tokens": 7}},
            "stats": {},
        },
        (
            _chunk({"role": "assistant", "reasoning_content": _THOUGHT}, logprobs=None),
            _chunk({"role": "assistant", "content": WELL[:_HALF]}, logprobs=None),
            _chunk({"role": "assistant", "content": WELL[_HALF:]}, logprobs=None),
            _chunk({}, "stop", logprobs=None),
        ),
        {"choices": [], "usage": _PLAIN_USAGE},
    ),
}


def _streamed(server: Server, usage: bool) -> bytes:
    stamped = ("id", "created", "model", "system_fingerprint")
    common = {key: server.reply[key] for key in stamped if server.reply.get(key)}
    bodies = [*({"choices": [each]} for each in server.chunks), *([server.usage] if usage else [])]
    events = [{**common, "object": "chat.completion.chunk", **each} for each in bodies]
    return "".join(f"data: {json.dumps(each)}\n\n" for each in events).encode() + b"data: [DONE]\n\n"


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("usage", [True, False], ids=["usage", "no usage"])
def test_a_streamed_reply_is_read_without_its_thoughts(name: str, usage: bool, talks: Talks) -> None:
    talk = talks("openai:qwen3-8b", Says(raw=_streamed(SERVERS[name], usage)), OPENAI_API_KEY="")
    reply = talk.ask()
    assert (reply.claims, reply.cut) == (SAID, False)
    (asked,) = talk.server.asked
    assert (asked.path, asked.body["stream_options"]) == ("/v1/chat/completions", {"include_usage": True})
    assert talk.day.estimated is not usage
    if usage:
        assert (talk.day.tokens_in, talk.day.tokens_out) == (812, 62)


@pytest.mark.parametrize("name", SERVERS)
def test_a_stream_that_ends_for_want_of_room_is_cut(name: str, talks: Talks) -> None:
    """The claims that are complete are kept."""
    whole = WELL.index(", {")
    cut = [{**each, "finish_reason": "length"} if each["finish_reason"] else each for each in SERVERS[name].chunks]
    texts = iter((WELL[:whole], WELL[whole : whole + 12]))
    short = tuple(
        {**each, "delta": {**each["delta"], "content": next(texts)}} if each["delta"].get("content") else each
        for each in cut
    )
    server = Server(SERVERS[name].reply, short, SERVERS[name].usage)
    reply = talks("openai:qwen3-8b", Says(raw=_streamed(server, True)), OPENAI_API_KEY="").ask()
    assert (reply.claims, reply.cut) == (SAID[:1], True)


@pytest.mark.parametrize("name", SERVERS)
def test_a_whole_reply_is_read_where_a_model_does_not_stream(name: str, talks: Talks, catalog: Catalog) -> None:
    from langchain_openai import ChatOpenAI

    talk = talks("openai:qwen3-8b", Says(raw=json.dumps(SERVERS[name].reply).encode()))
    whole = ChatOpenAI(
        model="qwen3-8b", base_url=f"{talk.server.url}/v1", api_key=SecretStr("none"), disable_streaming=True
    )
    chat = open_chat(Settings(), Budget(catalog, 10**6, 10**6), Replies(catalog), given=whole)
    assert chat
    reply = chat.send(chat.prepare(Task("answer", "What was agreed?", PASSAGES)))
    assert (reply.claims, reply.cut) == (SAID, False)
    assert not talk.server.asked[0].body.get("stream")
    assert (talk.day.tokens_in, talk.day.tokens_out, talk.day.estimated) == (812, 62, False)
