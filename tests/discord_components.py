"""Discord's limits for the components of messages and forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from retrieval.nlp.markup import visible

Body = Mapping[str, Any]
Faults = Iterator[str]


ROW, _BUTTON, _SELECT, INPUT, _SECTION, TEXT, _THUMBNAIL, _GALLERY, _FILE, _SEPARATOR = (
    1,
    2,
    3,
    4,
    9,
    10,
    11,
    12,
    13,
    14,
)
_CONTAINER, LABEL = 17, 18
SELECTS = {_SELECT, 5, 6, 7, 8}
_LINK_BUTTON, _PREMIUM_BUTTON = 5, 6


def walk(components: Iterable[Body]) -> Iterator[Body]:
    """The components at any depth, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        yield from walk(component[part] for part in ("accessory", "component") if component.get(part))


def classic(components: Sequence[Body]) -> Faults:
    yield from at_most("rows", components, 5)
    if any(component.get("type") != ROW for component in components):
        yield "outside components v2, components stand in rows"
    yield from among(components, {ROW, _BUTTON, *SELECTS})


def layout(components: Sequence[Body]) -> Faults:
    every = list(walk(components))
    yield from at_most("components", every, 40)
    text = sum(len(each.get("content") or "") for each in every if each.get("type") == TEXT)
    if text > 4000:
        yield f"components: {text} characters in all, 4000 at most"
    if not components:
        yield "components v2 without a component"
    if any(each.get("type") in (_BUTTON, _THUMBNAIL, *SELECTS) for each in components):
        yield "a button, thumbnail or select stands outside a row or section"
    yield from among(components, {*_PARTS} - {INPUT, LABEL})


def among(components: Sequence[Body], allowed: Iterable[int]) -> Faults:
    every = list(walk(components))
    yield from unique("custom_id", (each["custom_id"] for each in every if each.get("custom_id") is not None))
    for component in every:
        kind: int = component.get("type", 0)
        if kind not in allowed:
            yield f"a component of type {kind} cannot stand here"
        else:
            yield from _PARTS[kind](component)


def _row(row: Body) -> Faults:
    kinds = [each.get("type") for each in row.get("components") or ()]
    if not kinds:
        yield "an empty row"
    elif kinds == [_BUTTON] * len(kinds):
        yield from at_most("buttons in a row", kinds, 5)
    elif len(kinds) > 1:
        yield "a row holds five buttons or one select"


def _button(button: Body) -> Faults:
    style, label, url = button.get("style"), button.get("label"), button.get("url")
    yield from length("button label", label, 80)
    if style == _LINK_BUTTON:
        yield from link("button", url or "", 512)
        if button.get("custom_id") is not None:
            yield "a link button has no custom_id"
    elif style != _PREMIUM_BUTTON:
        yield from length("custom_id", button.get("custom_id"), 100, least=1)
        if url:
            yield "only a link button has a URL"
    if style != _PREMIUM_BUTTON and not visible(label or "") and not button.get("emoji"):
        yield "a button with neither label nor emoji"


def _select(select: Body) -> Faults:
    yield from length("custom_id", select.get("custom_id"), 100, least=1)
    yield from length("placeholder", select.get("placeholder"), 150)
    options = select.get("options") or []
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not 0 <= least <= most <= 25 or most < 1:
        yield f"a select of {least} to {most} values"
    if select["type"] != _SELECT:
        return
    yield from at_most("select options", options, 25)
    if not options or most > len(options):
        yield f"a select of {most} values has {len(options)} options"
    yield from unique("select option value", (option.get("value") for option in options))
    for option in options:
        for part, least in (("label", 1), ("value", 1), ("description", 0)):
            yield from length(f"option {part}", option.get(part), 100, least)


def _section(section: Body) -> Faults:
    texts, accessory = section.get("components") or (), section.get("accessory") or {}
    if not 1 <= len(texts) <= 3 or any(each.get("type") != TEXT for each in texts):
        yield "a section holds one to three texts"
    if accessory.get("type") not in (_BUTTON, _THUMBNAIL):
        yield "beside a section's texts stands a button or a thumbnail"


def _gallery(gallery: Body) -> Faults:
    items = gallery.get("items") or []
    if not 1 <= len(items) <= 10:
        yield f"a gallery of {len(items)} pictures"
    for item in items:
        yield from _media(item)


def _media(component: Body) -> Faults:
    media = component.get("media") or component.get("file") or {}
    yield from link("media", media.get("url") or "", 2048, schemes=("http", "https", "attachment"))
    yield from length("media description", component.get("description"), 1024)


def _container(container: Body) -> Faults:
    if not container.get("components"):
        yield "an empty container"
    if any(each.get("type") == _CONTAINER for each in walk(container.get("components") or ())):
        yield "a container in a container"


def _text(text: Body) -> Faults:
    yield from length("text", text.get("content"), 4000, least=1)


def _input(field: Body) -> Faults:
    yield from length("custom_id", field.get("custom_id"), 100, least=1)
    yield from length("text input label", field.get("label"), 45)
    yield from length("text input placeholder", field.get("placeholder"), 100)
    yield from length("text input value", field.get("value"), 4000)
    least, most = field.get("min_length") or 0, field.get("max_length", 4000)
    if most is not None and not (0 <= least <= most and 1 <= most <= 4000):
        yield f"a text input of {least} to {most} characters, 4000 at most"


def _label(label: Body) -> Faults:
    yield from length("label", label.get("label"), 45, least=1)
    yield from length("label description", label.get("description"), 100)


def nothing(_body: Body, _quiet: bool = False) -> Faults:
    yield from ()


_PARTS: dict[int, Callable[[Body], Faults]] = {
    ROW: _row,
    _BUTTON: _button,
    **dict.fromkeys(SELECTS, _select),
    INPUT: _input,
    _SECTION: _section,
    TEXT: _text,
    _THUMBNAIL: _media,
    _GALLERY: _gallery,
    _FILE: _media,
    _SEPARATOR: nothing,
    _CONTAINER: _container,
    LABEL: _label,
}


# Measures


def length(name: str, text: Any, most: int, least: int = 0) -> Faults:
    """Blank is what shows a reader nothing: Discord refuses white space, and takes zero-width characters."""
    if text is None or text == "":
        if least:
            yield f"{name} is missing"
    elif not isinstance(text, str):
        yield f"{name} is not text: {text!r}"
    elif len(text) > most:
        yield f"{name}: {len(text)} characters, {most} at most"
    elif least and not visible(text):
        yield f"{name} is blank"


def at_most(name: str, things: Sequence[Any], most: int) -> Faults:
    if len(things) > most:
        yield f"{len(things)} {name}, {most} at most"


def unique(name: str, values: Iterable[Any]) -> Faults:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{name} {value!r} is there {times} times"


def link(name: str, url: str | None, most: int, schemes: tuple[str, ...] = ("http", "https")) -> Faults:
    if url is None:
        return
    if not re.fullmatch(rf"(?:{'|'.join(schemes)})://[^\s<>]+", url):
        yield f"{name} is no {' or '.join(schemes)} link: {url!r}"
    yield from length(f"{name} link", url, most)
