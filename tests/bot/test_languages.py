"""The bot's own words in other languages: complete catalogs, and what people see of them."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import bot
from bot.presentation.words import LANGUAGES
from tests.bot.conftest import Town

# A context (empty for none) with a text, or with its forms for one and more.
Entry = tuple[str, str | tuple[str, str]]

_LOCALES = {"de": ("de",), "es": ("es-ES", "es-419"), "fr": ("fr",), "pl": ("pl",), "uk": ("uk",)}
# Discord's rule for the names of commands and options.
_NAME = regex.compile(r"[-_'\p{L}\p{N}]{1,32}")
_MENU = 3


def catalog(language: str) -> Catalog:
    """The catalog of a language."""
    with (Path(bot.__file__).parent / "presentation" / "locales" / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def said_in_code() -> Iterator[Entry]:
    """The texts that the code passes to `words`, or marks as a `phrase`."""
    for path in Path(bot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if not texts:
                continue
            func = ast.unparse(node.func)
            if func.endswith(("words", "phrase")) or (path.name == "words.py" and func == "self"):
                yield "", texts[0]
            elif func.endswith("words.many"):
                one, more = texts
                yield "", (one, more)


def said_in_commands(payload: Any, kind: str = "command") -> Iterator[Entry]:
    """The names and descriptions in the payload of a command."""
    yield kind, payload["name"]
    if payload.get("description"):
        yield "", payload["description"]
    for option in payload.get("options", ()):
        yield from said_in_commands(option, "command" if option["type"] in (1, 2) else "option")
    for choice in payload.get("choices", ()):
        yield "choice", choice["name"]


def placeholders(text: str) -> set[str]:
    """The names of a text's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture
def registered(town: Town) -> list[Any]:
    """The commands as the bot registered them with Discord."""
    [sent] = [each.json for each in town.env.http_requests if each.method == "PUT" and each.path.endswith("/commands")]
    assert isinstance(sent, list)
    return sent


async def test_every_catalog_has_all_that_is_said_and_nothing_else(registered: list[Any]) -> None:
    used = {*said_in_code(), *(entry for each in registered for entry in said_in_commands(each))}
    assert len(LANGUAGES) == len(_LOCALES)
    for language in LANGUAGES:
        there = catalog(language)
        entries = {(each.context or "", each.id): each.string for each in there if each.id}
        assert used - set(entries) == set(), f"{language} lacks these"
        assert set(entries) - used == set(), f"{language} has these for nothing"
        for (_, text), translated in entries.items():
            forms = [translated] if isinstance(translated, str) else list(translated)
            assert all(forms), f"{language}: {text} is not translated"
            if isinstance(text, str):
                assert placeholders(forms[0]) == placeholders(text), f"{language}: {text}"
            else:
                assert len(forms) == there.num_plurals
                assert all(placeholders(each) == placeholders(text[1]) for each in forms), f"{language}: {text}"


def commands(payload: Any) -> Iterator[Any]:
    """A command with its subcommands and options."""
    yield payload
    for option in payload.get("options", ()):
        yield from commands(option)


async def test_names_and_descriptions_keep_discords_rules_in_every_language(registered: list[Any]) -> None:
    for locale in [each for locales in _LOCALES.values() for each in locales]:
        for command in registered:
            for each in commands(command):
                name = each.get("name_localizations", {}).get(locale, each["name"])
                described = each.get("description_localizations", {}).get(locale, "")
                if each.get("type") == _MENU and each is command:
                    assert 1 <= len(name) <= 32, name
                    continue
                assert _NAME.fullmatch(name), name
                assert name == name.lower()
                assert 1 <= len(described) <= 100, f"{locale}: {described}"
                names = [one.get("name_localizations", {}).get(locale, one["name"]) for one in each.get("options", ())]
                assert len(set(names)) == len(names), f"{locale}: {names}"
        slashes = [each for each in registered if each.get("type") != _MENU]
        names = [each.get("name_localizations", {}).get(locale, each["name"]) for each in slashes]
        assert len(set(names)) == len(names), f"{locale}: {names}"


async def test_commands_are_registered_anew_when_a_translation_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def registrations() -> int:
        return sum(each.method == "PUT" and each.path.endswith("/commands") for each in town.env.http_requests)

    before = registrations()
    await town.restart()
    assert registrations() == before
    monkeypatch.setattr("bot.discord.languages.LANGUAGES", LANGUAGES[1:])
    await town.restart()
    assert registrations() == before + 1
