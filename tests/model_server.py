"""A server on this machine that speaks the protocols of language models, with faults to order.

OpenAI's chat completions and responses, Anthropic's messages, Google's and Ollama's chat, all of them streaming;
which one it is goes by the path that is asked for. Mistral speaks OpenAI's, and counts without being asked to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """A request that came; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def rules(self) -> str:
        """What the model is told by its operator."""
        if "contents" in self.body:
            return "".join(part["text"] for part in self.body["systemInstruction"]["parts"])
        told = self.body.get("system") or self.body.get("instructions") or self._said("system", "developer")
        return told if isinstance(told, str) else "".join(block["text"] for block in told)

    @property
    def text(self) -> str:
        """What the model is asked."""
        if "contents" in self.body:
            return "\n".join(part["text"] for each in self.body["contents"] for part in each["parts"])
        return self._said("user")

    def _said(self, *roles: str) -> str:
        spoken = self.body.get("messages") or self.body.get("input") or []
        contents = [each["content"] for each in spoken if each["role"] in roles]
        return "\n".join(
            each if isinstance(each, str) else "".join(block["text"] for block in each) for each in contents
        )


@dataclass(frozen=True)
class Says:
    """What the model says, in pieces, and how that ends.

    It is put where the protocol has its place for structured output, with `loosely` in the text all the same. `tokens`
    of None are not told. With a `status` other than 200 the answer is that, with `error` as its body; an `error` beside
    a status of 200 comes behind the pieces. `ends` of `hanging` sends nothing more, `broken` breaks the connection off,
    `early` closes it as if all were well, without the protocol's own end. `raw` is the whole body as it is.
    """

    text: str | Iterable[str] = ""
    stopped: Literal["stop", "length", "refusal"] = "stop"
    refusal: str = ""
    tokens: tuple[int, int] | None = (1200, 80)
    loosely: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    ends: Literal["well", "hanging", "broken", "early"] = "well"
    raw: bytes | None = None

    @property
    def pieces(self) -> Iterable[str]:
        return (
            (self.text[at : at + 40] for at in range(0, len(self.text), 40))
            if isinstance(self.text, str)
            else self.text
        )


Answer = Says | Callable[[Asked], Says]


class ModelServer:
    """The server, while its `with` lasts. `asked` are all requests, in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.closing = Event()
        self._answers: list[Answer] = []
        self._lock = Lock()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        # How often, in seconds, it looks whether to stop.
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def says(self, *answers: Answer) -> None:
        """Answer with these, one after the other; the last one holds for good."""
        self._answers = list(answers)

    def answer(self, asked: Asked) -> Says:
        with self._lock:
            self.asked.append(asked)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, Says) else answer(asked)


def claims(*each: tuple[str, list[int], list[str]], **other: Any) -> str:
    """A reply of the form that answers have."""
    return json.dumps({"claims": [{"text": t, "passages": p, "quotes": q} for t, p, q in each], **other})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Those that hang are let go, and end by themselves.
    block_on_close = False

    def __init__(self, models: ModelServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = models


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the other side may hang up at any time
            self.close_connection = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        says = self.server.models.answer(asked)
        self.close_connection = says.ends != "well"
        if says.status != 200:
            self._send_error(says)
            return
        self.send_response(200)
        whole = says.raw is not None and not body.get("stream")
        self.send_header("Content-Type", "application/json" if whole else _protocol(asked.path)[1])
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in _body(asked, says):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if says.ends == "hanging":
            self.server.models.closing.wait()
        if says.ends not in ("hanging", "broken"):
            self.wfile.write(b"0\r\n\r\n")

    def _send_error(self, says: Says) -> None:
        body = says.raw if says.raw is not None else json.dumps(says.error or {"error": {"message": "no"}}).encode()
        self.send_response(says.status)
        for name, value in {"Content-Type": "application/json", **says.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
        pass


def _body(asked: Asked, says: Says) -> Iterator[bytes]:
    if says.raw is not None:
        yield says.raw
        return
    speak = _protocol(asked.path)[0]
    # What ends early lacks the protocol's own end: its pieces are told from that by a mark between them.
    for event in speak(asked.body, says):
        if event is _END:
            if says.error:
                yield _fault(asked.path, says.error)
            if says.ends != "well" or says.error:
                return
        else:
            yield _line(asked.path, event)


_END: Mapping[str, Any] = {"the pieces": "end here"}


def _line(path: str, event: Mapping[str, Any]) -> bytes:
    written = json.dumps(event)
    if path == "/api/chat":
        return f"{written}\n".encode()
    if event.get("type") == "[DONE]":
        return b"data: [DONE]\n\n"
    named = f"event: {event['type']}\n" if "type" in event else ""
    return f"{named}data: {written}\n\n".encode()


def _fault(path: str, error: Mapping[str, Any]) -> bytes:
    named = "event: error\n" if path in ("/v1/messages", "/v1/responses") else ""
    return (
        f"{json.dumps(error)}\n".encode() if path == "/api/chat" else f"{named}data: {json.dumps(error)}\n\n".encode()
    )


def _completions(body: Mapping[str, Any], says: Says) -> Iterator[Mapping[str, Any]]:
    """https://platform.openai.com/docs/api-reference/chat-streaming"""
    common = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}

    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> Mapping[str, Any]:
        return {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    tools = [] if says.loosely else body.get("tools", [])
    for tool in tools:
        name = tool["function"]["name"]
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
        yield chunk({"tool_calls": [call]})
    for piece in says.pieces:
        yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} if tools else {"content": piece})
    if says.refusal:
        yield chunk({"refusal": says.refusal})
    yield _END
    finish = {"stop": "tool_calls" if tools else "stop", "length": "length", "refusal": "content_filter"}
    last = chunk({}, finish[says.stopped])
    if says.tokens and body["model"].startswith("mistral"):
        told = {"prompt_tokens": says.tokens[0], "completion_tokens": says.tokens[1], "total_tokens": sum(says.tokens)}
        last = {**last, "usage": told}
    yield last
    if says.tokens and (body.get("stream_options") or {}).get("include_usage"):
        told = {"prompt_tokens": says.tokens[0], "completion_tokens": says.tokens[1], "total_tokens": sum(says.tokens)}
        yield {**common, "choices": [], "usage": told}
    yield {"type": "[DONE]"}


def _responses(body: Mapping[str, Any], says: Says) -> Iterator[Mapping[str, Any]]:
    """https://platform.openai.com/docs/api-reference/responses-streaming"""
    item: dict[str, Any] = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": []}
    response: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": body["model"],
        "status": "in_progress",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    yield {"type": "response.created", "response": response}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    spoken: dict[str, Any] = {"type": "output_text", "text": "", "annotations": []}
    for piece in says.pieces:
        spoken["text"] += piece
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    if says.refusal:
        yield {"type": "response.refusal.done", **place, "refusal": says.refusal}
    yield _END
    yield {"type": "response.output_text.done", **place, "text": spoken["text"], "logprobs": []}
    item = {**item, "content": [{"type": "refusal", "refusal": says.refusal} if says.refusal else spoken]}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    full = says.stopped == "length"
    response |= {"status": "incomplete" if full else "completed", "output": [item]}
    if full:
        response["incomplete_details"] = {"reason": "max_output_tokens"}
    if says.tokens:
        details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
        told = {"input_tokens": says.tokens[0], "output_tokens": says.tokens[1], "total_tokens": sum(says.tokens)}
        response["usage"] = {**told, **details}
    yield {"type": "response.incomplete" if full else "response.completed", "response": response}


def _messages(body: Mapping[str, Any], says: Says) -> Iterator[Mapping[str, Any]]:
    """https://docs.anthropic.com/en/docs/build-with-claude/streaming"""
    tokens = says.tokens or (0, 0)
    tools = [] if says.loosely else body.get("tools", [])
    begun = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    counted = {"input_tokens": tokens[0], "output_tokens": 1}
    message = {**begun, "stop_reason": None, "stop_sequence": None, "usage": counted}
    yield {"type": "message_start", "message": message}
    block: dict[str, Any] = {"type": "text", "text": ""}
    if tools:
        block = {"type": "tool_use", "id": "toolu_1", "name": tools[0]["name"], "input": {}}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for piece in says.pieces:
        delta = {"type": "input_json_delta", "partial_json": piece} if tools else {"type": "text_delta", "text": piece}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield _END
    yield {"type": "content_block_stop", "index": 0}
    stopped = {"stop": "tool_use" if tools else "end_turn", "length": "max_tokens", "refusal": "refusal"}[says.stopped]
    told = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
    yield {"type": "message_delta", "delta": {"stop_reason": stopped, "stop_sequence": None}, "usage": told}
    yield {"type": "message_stop"}


def _ollama(body: Mapping[str, Any], says: Says) -> Iterator[Mapping[str, Any]]:
    """https://github.com/ollama/ollama/blob/main/docs/api.md"""
    common = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}
    for piece in says.pieces:
        yield {**common, "message": {"role": "assistant", "content": piece}, "done": False}
    yield _END
    told = {"prompt_eval_count": says.tokens[0], "eval_count": says.tokens[1]} if says.tokens else {}
    last = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": says.stopped}
    yield {**common, **last, **told}


def _google(_body: Mapping[str, Any], says: Says) -> Iterator[Mapping[str, Any]]:
    """https://ai.google.dev/api/generate-content"""
    for piece in says.pieces:
        yield {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": piece}]}}]}
    yield _END
    stopped = {"stop": "STOP", "length": "MAX_TOKENS", "refusal": "SAFETY"}[says.stopped]
    last: dict[str, Any] = {"candidates": [{"index": 0, "content": {"role": "model"}, "finishReason": stopped}]}
    if says.tokens:
        told = {"promptTokenCount": says.tokens[0], "candidatesTokenCount": says.tokens[1]}
        last["usageMetadata"] = {**told, "totalTokenCount": sum(says.tokens)}
    yield last


def _protocol(path: str) -> tuple[Any, str]:
    return _PROTOCOLS["google" if ":streamGenerateContent" in path else path]


_PROTOCOLS = {
    "google": (_google, "text/event-stream"),
    "/v1/chat/completions": (_completions, "text/event-stream"),
    "/v1/responses": (_responses, "text/event-stream"),
    "/v1/messages": (_messages, "text/event-stream"),
    "/api/chat": (_ollama, "application/x-ndjson"),
}
