"""Discord's documented limits, and the bot's own habits, held against every request it was recorded to make.

Written from Discord's documents, so that it also refuses what SimCord lets through. `check` is for a whole record
(`env.http_requests`, or `DiscordServer.requests`), `broken` for one request, `check_openapi` for Discord's schemas.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from simcord import HttpLogEntry

from retrieval.nlp.markup import visible
from tests.discord_components import (
    INPUT,
    LABEL,
    ROW,
    SELECTS,
    TEXT,
    Body,
    Faults,
    among,
    at_most,
    classic,
    layout,
    length,
    link,
    nothing,
    unique,
    walk,
)

SUPPRESS_EMBEDS, EPHEMERAL, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 15


_OPENAPI = Path(__file__).parents[2] / "shared" / "discord" / "openapi.json"
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_BARE_LINK = re.compile(r"(?<!<)https?://\S")
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


def check(requests: Iterable[HttpLogEntry]) -> None:
    """Fails with every fault of every request, in the order they were made.

    An edit that says nothing of flags keeps those its message was posted with: those of the last message posted in
    that channel or with that token, or, when it edits a message that a button stands under, those of all so far.
    """
    quiet: dict[str, bool] = {}
    faults = []
    for number, entry in enumerate(requests, 1):
        place = _place(entry.path)
        found = broken(entry, quiet=quiet.get(place, False))
        faults += [f"request {number}, {entry.method} {entry.path}: {fault}" for fault in found]
        kind, message = _message_of(entry)
        if kind in (_UPDATE, _DEFER_UPDATE):
            quiet[place] = all(quiet.values()) or bool(_flags(message) & SUPPRESS_EMBEDS)
        elif kind in (_REPLY, _DEFER):
            quiet[place] = bool(_flags(message) & SUPPRESS_EMBEDS)
    assert not faults, "\n".join(faults)


def broken(entry: HttpLogEntry, *, quiet: bool = False) -> list[str]:
    """The limits and habits that one request breaks; `quiet` says that an edited message unfolds no previews."""
    for method, path, rule in _RULES:
        if entry.method == method and re.fullmatch(path, entry.path):
            return list(rule(entry.json or {}, quiet))
    return ["there is no rule for this request: write one"] if entry.json else []


def openapi() -> dict[str, Any]:
    """Discord's OpenAPI document, which is not part of the project: skips the test where it is missing."""
    if not _OPENAPI.exists():
        pytest.skip(f"Discord's OpenAPI document is not at {_OPENAPI}")
    document: dict[str, Any] = json.loads(_OPENAPI.read_text(encoding="utf-8"))
    return document


def check_openapi(entries: Iterable[HttpLogEntry], document: Mapping[str, Any]) -> None:
    """Fails with every body that Discord's own schema of its operation refuses; skips without `jsonschema`."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema comes with SimCord and Chroma, and is missing")
    # The document knows ids as strings only; Discord's reference lets them be numbers too, as discord.py sends them.
    numbers = {"SnowflakeType": {"type": ["string", "integer"]}}
    components = {**document["components"], "schemas": {**document["components"]["schemas"], **numbers}}
    faults = []
    for entry in entries:
        if (schema := _body_schema(entry, document)) is None:
            continue
        validator = jsonschema.Draft202012Validator({**schema, "components": components})
        if error := jsonschema.exceptions.best_match(validator.iter_errors(entry.json)):
            faults.append(f"{entry.method} {entry.path}: {error.json_path}: {error.message}"[:500])
    assert not faults, "\n".join(faults)


def _body_schema(entry: HttpLogEntry, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for template in sorted(document["paths"], key=lambda path: path.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), entry.path):
            operation = document["paths"][template].get(entry.method.lower())
            if operation is None:
                continue
            body = operation.get("requestBody")
            schema: Mapping[str, Any] | None = body and body["content"]["application/json"]["schema"]
            return schema
    raise AssertionError(f"Discord's document knows no {entry.method} {entry.path}")


# Interaction callbacks: what `type` says that `data` is.
_REPLY, _DEFER, _DEFER_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9


def _place(path: str) -> str:
    """The channel of a message, or the token of an interaction."""
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "channels" else parts[2] if len(parts) > 2 else ""


def _message_of(entry: HttpLogEntry) -> tuple[int | None, Body]:
    """A message that a request posts, with the kind of callback it is or is like; no kind where it posts none."""
    body = entry.json if isinstance(entry.json, Mapping) else {}
    if entry.path.endswith("/callback"):
        return body.get("type"), body.get("data") or {}
    posts = entry.method == "POST" and re.fullmatch(f"{_CHANNEL}/messages|{_WEBHOOK}", entry.path)
    return (_REPLY if posts else None), body


def _flags(message: Body) -> int:
    return int(message.get("flags") or 0)


# Messages


def _post(body: Body, _quiet: bool) -> Faults:
    if _flags(body) & EPHEMERAL:
        yield "only a reply to an interaction can be ephemeral"
    yield from _new(body)


def _follow_up(body: Body, _quiet: bool) -> Faults:
    yield from _new(body)


def _new(body: Body) -> Faults:
    others = ("embeds", "components", "attachments", "poll", "sticker_ids")
    if not any(body.get(part) for part in others) and not _flags(body) & COMPONENTS_V2:
        yield from length("content", body.get("content"), 2000, least=1)
    yield from length("nonce", str(body.get("nonce") or ""), 25)
    yield from _message(body, quiet=False)


def _edit(body: Body, quiet: bool) -> Faults:
    if _flags(body) & EPHEMERAL:
        yield "an edit cannot make a message ephemeral"
    emptied = "content" in body and all(part in body and not body[part] for part in ("embeds", "components"))
    if emptied and not body.get("attachments"):
        yield from length("content", body["content"], 2000, least=1)
    yield from _message(body, quiet=quiet and "flags" not in body)


def _message(body: Body, quiet: bool) -> Faults:
    content, embeds, components = (body.get(part) or () for part in ("content", "embeds", "components"))
    texts = [content] if content else []
    texts += [each.get("content", "") for each in walk(components) if each.get("type") == TEXT]
    yield from length("content", content or None, 2000)
    yield from _mentions(body.get("allowed_mentions"), texts)
    if _BARE_LINK.search(_CODE.sub("", "\n".join(texts))) and not quiet and not _flags(body) & SUPPRESS_EMBEDS:
        yield "a link unfolds a preview: set suppress_embeds, or write the link as <link>"
    if embeds and _flags(body) & SUPPRESS_EMBEDS:
        yield "suppress_embeds hides the message's own embeds"
    yield from at_most("attachments", body.get("attachments") or (), 10)
    yield from _embeds(embeds)
    if _flags(body) & COMPONENTS_V2:
        if content or embeds or body.get("poll") or body.get("sticker_ids"):
            yield "components v2 stand alone: no content, embeds, poll or stickers"
        yield from layout(components)
    else:
        yield from classic(components)


def _mentions(allowed: Body | None, texts: Sequence[str]) -> Faults:
    if allowed is None:
        if any(texts):
            yield "allowed_mentions is missing: everything in the text would ping"
        return
    # A schedule's role stands in the first line of its post, alone, and nothing else may ping.
    roles = [str(role) for role in allowed.get("roles") or ()]
    foreign = roles and "".join(f"<@&{role}>" for role in roles) != "".join(texts[:1]).partition("\n")[0]
    if allowed.get("parse") != [] or foreign or any(allowed.get(who) for who in ("users", "replied_user")):
        yield f"allowed_mentions lets something ping: {dict(allowed)}"


def _embeds(embeds: Sequence[Body]) -> Faults:
    yield from at_most("embeds", embeds, 10)
    total = 0
    for embed in embeds:
        footer, author, fields = embed.get("footer") or {}, embed.get("author") or {}, embed.get("fields") or []
        limits = [("title", embed.get("title"), 256), ("description", embed.get("description"), 4096)]
        limits += [("footer", footer.get("text"), 2048), ("author", author.get("name"), 256)]
        named = [(part, field.get(part), most) for field in fields for part, most in (("name", 256), ("value", 1024))]
        for name, text, most in limits:
            yield from length(f"embed {name}", text, most)
        for name, text, most in named:
            yield from length(f"embed field {name}", text, most, least=1)
        yield from at_most("embed fields", fields, 25)
        yield from _embed_urls(embed, footer, author)
        total += sum(len(text or "") for _, text, _ in limits + named)
        if not any(visible(text or "") for _, text, _ in limits + named) and not embed.get("image"):
            yield "an embed says nothing"
    if total > 6000:
        yield f"embeds: {total} characters in all, 6000 at most"


def _embed_urls(embed: Body, footer: Body, author: Body) -> Faults:
    pages = {"embed url": embed.get("url"), "embed author url": author.get("url")}
    pictures = {name: (embed.get(name) or {}).get("url") for name in ("image", "thumbnail")}
    pictures |= {"footer icon": footer.get("icon_url"), "author icon": author.get("icon_url")}
    for name, url in pages.items():
        yield from link(name, url, 2048)
    for name, url in pictures.items():
        yield from link(name, url, 2048, schemes=("http", "https", "attachment"))


# Components


# Interactions, threads, commands


def _callback(body: Body, quiet: bool) -> Faults:
    kind, data = body.get("type"), body.get("data") or {}
    if kind == _REPLY:
        yield from _new(data)
    elif kind == _UPDATE:
        yield from _edit(data, quiet)
    elif kind == _CHOICES:
        yield from _choices(data.get("choices") or [])
    elif kind == _MODAL:
        yield from _modal(data)
    elif kind == _DEFER:
        if _flags(data) & ~EPHEMERAL:
            yield "a deferred reply can be ephemeral, and takes no other flag"
    elif kind != _DEFER_UPDATE:
        yield f"no such callback: {kind}"


def _choices(choices: Sequence[Body]) -> Faults:
    yield from at_most("choices", choices, 25)
    for choice in choices:
        yield from length("choice name", choice.get("name"), 100, least=1)
        if not isinstance(choice.get("value"), int | float):
            yield from length("choice value", choice.get("value"), 100, least=1)


def _modal(modal: Body) -> Faults:
    components = modal.get("components") or []
    yield from length("modal title", modal.get("title"), 45, least=1)
    yield from length("modal custom_id", modal.get("custom_id"), 100, least=1)
    if not 1 <= len(components) <= 5:
        yield f"a modal of {len(components)} components, one to five"
    inside = [ROW, LABEL, TEXT, INPUT, *SELECTS]
    yield from among(components, inside)
    for row in components:
        inputs = row.get("components") or []
        if row.get("type") == ROW and [each.get("type") for each in inputs] != [INPUT]:
            yield "a modal's row holds one text input"
        elif row.get("type") == ROW:
            yield from length("text input label", inputs[0].get("label"), 45, least=1)
        elif row.get("type") not in (LABEL, TEXT):
            yield "in a modal, an input stands in a label or a row"


def _thread(body: Body, _quiet: bool) -> Faults:
    yield from length("thread name", body.get("name"), 100, least=1)
    if body.get("auto_archive_duration", 60) not in (None, 60, 1440, 4320, 10080):
        yield f"a thread cannot be archived after {body['auto_archive_duration']} minutes"
    if "message" in body:
        yield from _post(body["message"], False)


def _channel_edit(body: Body, _quiet: bool) -> Faults:
    if "name" in body:
        yield from length("thread name", body["name"], 100, least=1)


def _commands(body: Sequence[Body], _quiet: bool) -> Faults:
    kinds = Counter(command.get("type", 1) for command in body)
    for kind, what, most in ((1, "slash", 100), (2, "user", 15), (3, "message", 15)):
        if kinds[kind] > most:
            yield f"{kinds[kind]} {what} commands, {most} at most"
    yield from unique("command", ((command.get("type", 1), command.get("name")) for command in body))
    for command in body:
        yield from _command(command)
        if (size := _command_size(command)) > 8000:
            yield f"command {command.get('name')}: {size} characters in all, 8000 at most"


def _command(command: Body) -> Faults:
    if command.get("type", 1) == 1:
        yield from _named("command", command)
        yield from _options(command.get("options") or [])
        return
    yield from length("command name", command.get("name"), 32, least=1)
    if command.get("description") or command.get("options"):
        yield f"the menu command {command.get('name')} has a description or options"


def _named(what: str, body: Body) -> Faults:
    names = [body.get("name") or "", *(body.get("name_localizations") or {}).values()]
    for name in names:
        if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
            yield f"{what} name {name!r}: lowercase letters, digits, - and _, 1 to 32"
    for text in (body.get("description"), *(body.get("description_localizations") or {}).values()):
        yield from length(f"{what} description", text, 100, least=1)


def _options(options: Sequence[Body]) -> Faults:
    yield from at_most("options", options, 25)
    yield from unique("option", (option.get("name") for option in options))
    needed = [bool(option.get("required")) for option in options]
    if any(later and not earlier for earlier, later in pairwise(needed)):
        yield "a required option comes after an optional one"
    nested = [option.get("type") in (1, 2) for option in options]
    if any(nested) and not all(nested):
        yield "subcommands and options do not mix"
    for option in options:
        yield from _named("option", option)
        yield from _options(option.get("options") or [])
        yield from _choices(option.get("choices") or [])
        if option.get("choices") and option.get("autocomplete"):
            yield f"option {option.get('name')} has both choices and autocomplete"


def _command_size(command: Body) -> int:
    localized = [
        max(
            len(command.get(part) or ""),
            *(len(text) for text in (command.get(f"{part}_localizations") or {"": ""}).values()),
        )
        for part in ("name", "description")
    ]
    value = command.get("value")
    inner = [*(command.get("options") or ()), *(command.get("choices") or ())]
    return sum(localized) + (len(value) if isinstance(value, str) else 0) + sum(map(_command_size, inner))


_CHANNEL, _WEBHOOK = r"/channels/\d+", r"/webhooks/\d+/[^/]+"
_COMMANDS = r"/applications/\d+(?:/guilds/\d+)?/commands"
_RULES: tuple[tuple[str, str, Callable[[Any, bool], Faults]], ...] = (
    ("POST", rf"{_CHANNEL}/messages", _post),
    ("PATCH", rf"{_CHANNEL}/messages/\d+", _edit),
    ("POST", _WEBHOOK, _follow_up),
    ("PATCH", rf"{_WEBHOOK}/messages/(?:@original|\d+)", _edit),
    ("POST", r"/interactions/\d+/[^/]+/callback", _callback),
    ("POST", rf"{_CHANNEL}(?:/messages/\d+)?/threads", _thread),
    ("PATCH", _CHANNEL, _channel_edit),
    ("PUT", _COMMANDS, _commands),
    ("POST", _COMMANDS, lambda body, quiet: _commands([body], quiet)),
    ("POST", "/users/@me/channels", nothing),
)
