"""The prompts of the language model: Markdown templates, filled so that values cannot become instructions.

A template is front matter that declares its variables, rules that never change (so that providers can cache them), a
line of three dashes, and the request, where `{{name}}` is a variable.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml  # type: ignore[import-untyped]

_FORM = re.compile(r"---\n(?P<front>.*?)\n---\n(?P<rules>.*?)\n---\n(?P<request>.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
# The start of a tag: ours, or one with a meaning in a local model's chat template.
_TAG = re.compile(r"<(?=\s*[/|]|[^\s\d=])")
_TURN = re.compile(r"\[(?=/?INST\])", re.IGNORECASE)
# Invisible characters that text needs: line ends, tabs, and those that join or separate letters.
_WRITING = "\n\t\u200c\u200d"


class PromptError(Exception):
    """A template that does not match its declaration, or values that do not match the template."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template: `rules` never change, `request` has the `variables`."""

    name: str
    variables: tuple[str, ...]
    rules: str
    request: str

    @property
    def version(self) -> str:
        """The name with a hash of the text, to tell which prompt wrote an answer."""
        return f"{self.name}@{hashlib.sha256(f'{self.rules}---{self.request}'.encode()).hexdigest()[:8]}"

    def fill(self, **values: str | Sequence[str]) -> str:
        """The request with these values, each between its own tags; a sequence becomes numbered items.

        The tags contain a random code that occurs in no value, so no value can close its tag or open another.

        Raises:
            PromptError: a variable has no value, or a value no variable.
        """
        if wrong := values.keys() ^ set(self.variables):
            raise PromptError(f"{self.name}: missing or unknown: {', '.join(sorted(wrong))}")
        tamed = {name: tame(each) if isinstance(each, str) else [*map(tame, each)] for name, each in values.items()}
        code = _code(tamed.values())
        return _VARIABLE.sub(lambda found: _delimit(found[1], tamed[found[1]], code), self.request)


@cache
def load(name: str) -> Prompt:
    """The template with this name.

    Raises:
        PromptError: there is none, or it uses other variables than it declares.
    """
    try:
        return parse(name, (Path(__file__).parent / f"{name}.md").read_text("utf-8"))
    except FileNotFoundError as error:
        raise PromptError(f"{name}: no such template") from error


def parse(name: str, text: str) -> Prompt:
    """The template in a text; raises `PromptError` where it does not match its declaration."""
    form = _FORM.fullmatch(text)
    front = yaml.safe_load(form["front"]) if form else None
    if not form or not isinstance(front, dict) or not isinstance(front.get("variables"), list):
        raise PromptError(f"{name}: needs front matter with variables, rules, three dashes and a request")
    declared, used = front["variables"], _VARIABLE.findall(form["request"])
    if sorted(declared) != sorted(set(used)) or _VARIABLE.search(form["rules"]):
        raise PromptError(f"{name}: declares {', '.join(declared)}, its request uses {', '.join(used)}, rules use none")
    return Prompt(name, tuple(declared), form["rules"].strip(), form["request"].strip())


def tame(text: str) -> str:
    """The text without invisible characters and anything that looks like a tag; `<` before a letter becomes `‹`.

    Nothing else is changed, and the length stays: words that a model copies can be found in the text.
    """
    shown = "".join(each if _is_text(each) else " " for each in text)
    return _TURN.sub("(", _TAG.sub("‹", shown))


def _is_text(character: str) -> bool:
    # Invisible characters can carry instructions; lone surrogates cannot be sent at all.
    if "\U000e0000" <= character <= "\U000e0fff":
        return False
    return character.isprintable() or character in _WRITING or unicodedata.category(character) == "Zs"


def fenced(name: str, text: str) -> str:
    """The text, tamed, between tags with a random code that does not occur in it."""
    tamed = tame(text)
    return _delimit(name, tamed, _code([tamed]))


def _code(values: Iterable[str | Sequence[str]]) -> str:
    written = "\n".join(each if isinstance(each, str) else "\n".join(each) for each in values)
    while (code := secrets.token_hex(4)) in written:
        pass
    return code


def _delimit(name: str, value: str | Sequence[str], code: str) -> str:
    if isinstance(value, str):
        return f"<{name}-{code}>\n{value}\n</{name}-{code}>"
    tag = f"{name.removesuffix('s')}-{code}"
    items = [f'<{tag} number="{number}">\n{each}\n</{tag}>' for number, each in enumerate(value, 1)]
    return "\n\n".join(items) or f"(no {name})"
