"""The form that a reply must have, and the reading of one that only nearly has it.

What a model sends may have fences, thoughts and chatter around it, commas too many, and may break off anywhere: whole
claims are kept, and nothing is made up for what is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator

from retrieval.models import Claim, Purpose

# More claims are no answer any longer.
_MOST = 50
# How many brackets that lead nowhere are looked behind.
_PATIENCE = 20

_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_LIST = re.compile(r'"claims"\s*:\s*\[|\A[^{]*?\[(?=\s*\{)')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]]', re.DOTALL)
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_BETWEEN = re.compile(r"[\s,]*")


class _Claim(BaseModel):
    text: str = Field(description="One short sentence that can be read alone.")
    passages: list[int] = Field(description="The numbers of the passages that say it.")
    quotes: list[str] = Field(description="The words it rests on, copied from those passages.")

    @field_validator("passages", "quotes", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return value if isinstance(value, list) else [value]


class _Claims(BaseModel):
    """What the passages say."""

    claims: list[_Claim]


class _Question(BaseModel):
    """The question as it can be understood alone."""

    question: str


class _Judgement(BaseModel):
    """Whether the passages support the claim."""

    verdict: Literal["supported", "partly", "unsupported", "contradicted"]
    reason: str
    quotes: tuple[str, ...] = Field(default=(), description="The words it rests on, copied from the passages.")


_FORMS: Mapping[Purpose, type[BaseModel]] = {
    "answer": _Claims,
    "digest": _Claims,
    "standalone": _Question,
    "verify": _Judgement,
}
_Form = TypeVar("_Form", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a reply; `whole` is false where it broke off."""

    claims: tuple[Claim, ...] = ()
    question: str = ""
    verdict: str = ""
    reason: str = ""
    quotes: tuple[str, ...] = ()
    whole: bool = True


def schema(purpose: Purpose) -> dict[str, Any]:
    """The form as a JSON schema, to which a provider can hold its model: all of it required, as OpenAI will have it."""
    form = _FORMS[purpose].model_json_schema()
    for each in form["properties"].values():
        each.pop("default", None)
    return {**form, "title": purpose, "required": [*form["properties"]]}


def read(purpose: Purpose, text: str) -> Content | None:
    """What stands in a model's output; None where there is nothing of the form."""
    text = _THOUGHTS.sub("", text)
    if _FORMS[purpose] is _Claims:
        return _claims(text)
    found = [each for each in (_valid(_FORMS[purpose], value) for value in _objects(text)) if each]
    return Content(**found[-1].model_dump()) if found else None


def count_claims(text: str) -> int:
    """How many whole claims there are in what has come so far."""
    content = _claims(_THOUGHTS.sub("", text))
    return len(content.claims) if content else 0


def _claims(text: str) -> Content | None:
    """Those of the last list that has any: models repeat the form they were asked for before they fill it."""
    lists = [_items(text, found.end()) for found in [*_LIST.finditer(text)][-_PATIENCE:]]
    if not lists:
        # A list written as a string, as tools are at times called.
        written = [each["claims"] for each in _objects(text) if isinstance(each.get("claims"), str)]
        return _claims(f'"claims":{written[-1]}') if written else None
    items, whole = next((each for each in reversed(lists) if each[0]), lists[-1])
    kept = [each for each in (_valid(_Claim, item) for item in items[:_MOST]) if each and each.text.strip()]
    if not kept and (items or not whole):
        return None
    return Content(tuple(Claim(each.text, tuple(each.passages), tuple(each.quotes)) for each in kept), whole=whole)


def _items(text: str, start: int) -> tuple[list[Any], bool]:
    """The whole objects of a list that begins behind `start`, and whether it ends."""
    items: list[Any] = []
    while True:
        start = _skip(text, start)
        end = _end(text, start) if text.startswith("{", start) else None
        if end is None:
            return items, text.startswith("]", start)
        items.append(_loads(text[start:end]))
        start = end


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The whole objects in a text that stand in no other."""
    start, patience = text.find("{"), _PATIENCE
    while start >= 0 and patience:
        end = _end(text, start)
        value = _loads(text[start:end]) if end else None
        if isinstance(value, dict):
            yield value
        patience -= value is None
        start = text.find("{", end if end and value is not None else start + 1)


def _skip(text: str, start: int) -> int:
    between = _BETWEEN.match(text, start)
    return between.end() if between else start


def _end(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` is closed."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return None


def _loads(text: str) -> Any:
    try:
        try:
            return json.loads(text, strict=False)
        except ValueError:
            return json.loads(_COMMA.sub(lambda found: found[1] or "", text), strict=False)
    except (ValueError, RecursionError):
        return None


def _valid(form: type[_Form], value: object) -> _Form | None:
    try:
        return form.model_validate(value)
    except ValidationError:
        return None
