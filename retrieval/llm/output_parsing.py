"""The form of a reply, a tolerant parser for it, and its text without the model's markup.

A model's output may have fences, thoughts and chatter around it or superfluous commas, and may break off anywhere:
complete claims are kept, and missing parts are never invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator

from retrieval.domain.llm import Claim, Opinion, Purpose
from retrieval.nlp.markup import readable

# The most characters of a statement, markup included.
_LONGEST = 2_000

_MARKER = re.compile(
    r"(?<!\[)\[{1,2}\s*(?:passages?|sources?|quotes?)?\s*[\d\s,;–-]*\d\s*\]{1,2}(?:\([^()\s]*\))?|【[^【】]*】"
    r"|\((?:passages?|sources?)\s[\d\s,;–-]*(?:and\s+\d+\s*)?\)",
    re.IGNORECASE,
)
# Also without a scheme, if a path follows the name.
_ADDRESS = re.compile(
    r"\(?<?(?<!\w)(?:\w{2,20}://|www\.|(?:[\w-]{1,63}[.․。]){1,5}[a-z]{2,24}(?::[0-9]{1,5})?/)[^\s<>()]*>?\)?",
    re.IGNORECASE,
)
# Mentions, channels, emoji, times and tags; marks of code, emphasis and spoilers; marks that open a line.
_MARKUP = re.compile(
    r"<[@#:/a-z][^<>]*>|@(?=everyone\b|here\b)|[`*|~\\]+|__+|\A[\s#>+•–-]+(?=\s|\w)|\A\d{1,2}[.)]\s", re.I
)
_GAP = re.compile(r"\s+(?=[.,;:!?](?:\s|\Z))")
# The most claims read of a reply.
_MOST = 50
# The most opening brackets tried that lead to nothing.
_PATIENCE = 20
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_LIST = re.compile(r'"(?:claims|verdicts)"\s*:\s*\[|\A[^{]*?\[(?=\s*\{)')
_NUMBER = re.compile(r"[0-9]{1,3}")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]]', re.DOTALL)
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_BETWEEN = re.compile(r"[\s,]*")
_Form = TypeVar("_Form", bound=BaseModel)


def bare(text: str) -> str:
    """A model's words in one line, without markup, links and its own citation numbers."""
    plain = _MARKER.sub(" ", _ADDRESS.sub(" ", readable(_MARKER.sub(" ", text[:_LONGEST]))))
    return _GAP.sub("", " ".join(_MARKUP.sub(" ", plain).replace("()", " ").split()))


class _Item(BaseModel):
    """A part of a reply that has quotes."""

    @field_validator("passages", "quotes", mode="before", check_fields=False)
    @classmethod
    def _listed(cls, value: object) -> object:
        return value if isinstance(value, list) else [value]


class _Claim(_Item):
    text: str = Field(description="One sentence, or two that belong together; it can be read alone.")
    passages: list[int] = Field(description="The numbers of the passages that say it.")
    quotes: list[str] = Field(description="The words it rests on, copied from those passages.")
    side: str = Field(default="", description="Whose side it tells, where sides are compared.")
    translation: str = Field(default="", description="The quotes in the language of the question, if not in it.")


class _Claims(BaseModel):
    """What the passages say."""

    claims: list[_Claim]


class _Question(BaseModel):
    """The question as it can be understood alone."""

    question: str


class _Verdict(_Item):
    number: int = Field(default=1, description="The number of the statement.")
    verdict: Literal["supported", "partly", "unsupported", "contradicted"]
    part: str = Field(default="", description="What of a partly supported statement the excerpts say.")
    quotes: list[str] = Field(default=[], description="The words it rests on, copied from the excerpts.")


class _Verdicts(BaseModel):
    """Whether the excerpts support the statements."""

    verdicts: list[_Verdict]


_FORMS: Mapping[Purpose, type[BaseModel]] = {
    "answer": _Claims,
    "digest": _Claims,
    "brief": _Claims,
    "standalone": _Question,
    "verify": _Verdicts,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a reply; `whole` is false where it broke off."""

    claims: tuple[Claim, ...] = ()
    question: str = ""
    opinions: tuple[Opinion, ...] = ()
    numbers: tuple[int, ...] = ()
    whole: bool = True


def schema(purpose: Purpose) -> dict[str, Any] | None:
    """The form as a JSON schema for structured output; None where a reply is plain text.

    All fields are required, as OpenAI demands, and there are no references, as Google demands.
    """
    if purpose not in _FORMS:
        return None
    form = _FORMS[purpose].model_json_schema()
    required: dict[str, Any] = _required(form, form.pop("$defs", {}))
    return {**required, "title": purpose}


def _required(part: Any, parts: Mapping[str, Any]) -> Any:
    """A part of a schema with its references resolved and all fields required."""
    if isinstance(part, list):
        return [_required(each, parts) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _required(parts[part["$ref"].rpartition("/")[2]], parts)
    made = {name: _required(each, parts) for name, each in part.items() if name not in ("default", "title")}
    return {**made, "required": [*made["properties"]]} if "properties" in made else made


def read(purpose: Purpose, text: str) -> Content | None:
    """The content of a model's output; None where it has nothing of the form."""
    text = _THOUGHTS.sub("", text)
    if purpose == "choose":
        numbers = tuple(map(int, _NUMBER.findall(text)))
        return Content(numbers=numbers) if numbers else None
    if purpose == "standalone":
        found = [each for each in (_valid(_Question, value) for value in _objects(text)) if each]
        return Content(question=found[-1].question) if found else None
    items = _listed(text, _Verdict) if purpose == "verify" else _listed(text, _Claim)
    return _content(*items) if items else None


def _content(items: Sequence[_Item], whole: bool) -> Content:
    claims = [each for each in items if isinstance(each, _Claim)]
    verdicts = [each for each in items if isinstance(each, _Verdict)]
    return Content(
        claims=tuple(Claim(c.text, tuple(c.passages), tuple(c.quotes), c.side, c.translation) for c in claims),
        opinions=tuple(Opinion(v.number, v.verdict, v.part, tuple(v.quotes)) for v in verdicts),
        whole=whole,
    )


def count_claims(text: str) -> int:
    """The number of complete claims in the output so far."""
    found = _listed(_THOUGHTS.sub("", text), _Claim)
    return len(found[0]) if found else 0


def _listed(text: str, form: type[_Form]) -> tuple[list[_Form], bool] | None:
    """The items of the last list that has any, and whether the list ends. Models often repeat the form before they
    fill it.
    """
    lists = [_items(text, found.end()) for found in [*_LIST.finditer(text)][-_PATIENCE:]]
    if not lists:
        return _unlisted(text, form)
    items, whole = next((each for each in reversed(lists) if each[0]), lists[-1])
    kept = [each for each in (_valid(form, item) for item in items[:_MOST]) if each and _says_something(each)]
    return None if not kept and (items or not whole) else (kept, whole)


def _unlisted(text: str, form: type[_Form]) -> tuple[list[_Form], bool] | None:
    """A list written as a string, as in some tool calls, or a single item."""
    found = [*_objects(text)]
    for name in ("claims", "verdicts"):
        written = [each[name] for each in found if isinstance(each.get(name), str)]
        if written:
            return _listed(f'"{name}":{written[-1]}', form)
    single = [each for each in (_valid(form, value) for value in found) if each and _says_something(each)]
    return (single[-1:], True) if single else None


def _says_something(item: BaseModel) -> bool:
    return not isinstance(item, _Claim) or bool(item.text.strip())


def _items(text: str, start: int) -> tuple[list[Any], bool]:
    """The complete objects of a list that begins after `start`, and whether the list ends."""
    items: list[Any] = []
    while True:
        start = _skip(text, start)
        end = _end(text, start) if text.startswith("{", start) else None
        if end is None:
            return items, text.startswith("]", start)
        items.append(_loads(text[start:end]))
        start = end


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The complete objects in a text that are not inside others."""
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
    """The position after the bracket that closes the one at `start`."""
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
