"""The bot's own words in other languages: complete catalogs, and what people see of them."""

from __future__ import annotations

import ast
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import jinja2.nodes
import pytest
import regex
import simcord
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import bot
import retrieval
from bot.discord.context import scope
from bot.discord.features.settings import DigestForm, FilterForm
from bot.discord.server_settings import Language
from bot.presentation import files, words
from bot.presentation.discord import digests, timelines
from bot.presentation.discord.answers import worded
from bot.presentation.image.timeline import compose
from bot.presentation.links import Bases
from bot.presentation.words import LANGUAGES, words_in
from retrieval.answering.corpus import ABOUT_ME
from retrieval.answering.standing import UNSURE
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter, Searched
from retrieval.domain.citations import Citation
from retrieval.question.calendar import parse_day
from retrieval.services.briefing import Briefing
from retrieval.services.briefs import NoteRequest
from tests.bot.conftest import Town
from tests.bot.test_ask import NATO
from tests.discord_components import walk
from tests.shown import buttons, read, said
from tests.shown import words as read_page

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


def speak(monkeypatch: pytest.MonkeyPatch, locale: str | Mapping[int, str]) -> None:
    """Give the clients of all people this language, or each their own; SimCord's are American."""
    original = simcord.interactions.base_payload

    def payload(*about: Any, **options: Any) -> tuple[Any, dict[str, Any]]:
        record, made = original(*about, **options)
        person = int((made.get("member") or made)["user"]["id"])
        return record, {**made, "locale": locale if isinstance(locale, str) else locale[person]}

    monkeypatch.setattr(simcord.interactions, "base_payload", payload)


def modules(*packages: ModuleType) -> Iterator[tuple[Path, ast.Module]]:
    """The modules of packages, but for those that speak English to whoever runs the bot."""
    for path in (path for each in packages for path in Path(str(each.__file__)).parent.rglob("*.py")):
        # The terminal names its arguments `words`.
        if not {"cli", "doctor", "mcp"} & set(path.parts):
            yield path, ast.parse(path.read_text("utf-8"))


def said_in_code() -> Iterator[Entry]:
    """The texts that the code passes to `words`, or marks as a `phrase`, or makes a `Phrase` of."""
    for path, tree in modules(bot, retrieval):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if not texts:
                continue
            func = ast.unparse(node.func)
            if path.is_relative_to(Path(str(retrieval.__file__)).parent) and func != "Phrase":
                continue
            # What has no letters of its own is the same in all languages.
            own = func in ("phrase", "Phrase") and re.sub(r"\{\w+\}|\W", "", texts[0])
            if own or func.split(".")[-1] == "words" or (path.name == "words.py" and func == "self"):
                yield "", texts[0]
            elif func == "words.many":
                one, more = texts
                yield "", (one, more)
    for template in Path(str(bot.__file__)).parent.rglob("*.html"):
        for call in jinja2.Environment(autoescape=True).parse(template.read_text("utf-8")).find_all(jinja2.nodes.Call):
            if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "words":
                yield "", call.args[0].as_const()


# What is named here is logged, told to whoever runs the bot, or looked for and not shown.
_NOT_SHOWN = re.compile(
    r"phrase|Phrase|(\w+\.)*(words|many|named|debug|info|warning|error|exception|compile|describe|rename|command|Group)"
    r"|_note|_noting|_survive|self\._begin|Reading|SettingsError|UnreachableError|BusyError|ValueError"
    r"|(app_commands\.)?ContextMenu"
)
# Errors whose line people read.
_SHOWN_ERRORS = frozenset(
    f"{kind}Error"
    for kind in (
        "Question",
        "NotFound",
        "Quota",
        "Unreadable",
        "Scan",
        "Fetch",
        "Feed",
        "Full",
        "Refused",
        "Mail",
        "Chat",
    )
)
# Four words and more; fewer may be a name, such as that of a permission of Discord's.
_SENTENCE = re.compile(r"(?:[a-z’',]{2,} ){4}")


def sentences(node: ast.AST) -> Iterator[str]:
    """The sentences under a node that are said past the catalogs; questions are in the language of the articles."""
    if isinstance(node, ast.Call) and _NOT_SHOWN.fullmatch(ast.unparse(node.func)):
        return
    if isinstance(node, ast.keyword) and node.arg in ("group_description", "description"):
        return  # of a command, which Discord's payload shows
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
        yield from [text] if _is_sentence(text) else ()
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from [node.value] if _is_sentence(node.value) else ()
    for each in ast.iter_child_nodes(node):
        if not isinstance(node, ast.JoinedStr) or isinstance(each, ast.FormattedValue):
            yield from sentences(each)


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(f"{text} ")) and not text.endswith("?")


def test_no_sentence_is_shown_past_the_catalogs() -> None:
    home = Path(str(bot.__file__)).parent
    past = set()
    for path, tree in modules(bot):
        room = path.relative_to(home).parts
        if room[:2] in (("presentation", "discord"), ("presentation", "image")) or room[0] == "discord":
            past |= {path.name for _ in sentences(tree)}
    assert past == {"service.py"}  # which speaks to whoever starts the bot


def test_no_error_is_shown_past_the_catalogs() -> None:
    seen = 0
    for path, tree in modules(bot, retrieval):
        if path.name in ("chain.py", "evaluation.py", "files.py"):
            continue  # for those who write programs, and for the terminal
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _SHOWN_ERRORS and node.args:
                assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), f"{path}:{node.lineno}"
                seen += 1
    assert seen > 50


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
    assert isinstance(sent, list) and sent
    return sent


async def test_every_catalog_has_all_that_is_said_and_nothing_else(registered: list[Any]) -> None:
    used = {
        ("", ABOUT_ME),
        ("", UNSURE),
        *said_in_code(),
        *(entry for each in registered for entry in said_in_commands(each)),
    }
    assert len(LANGUAGES) == len(_LOCALES)
    for language in LANGUAGES:
        there = catalog(language)
        entries = {(each.context or "", each.id): each.string for each in there if each.id}
        assert used - set(entries) == set(), f"{language} lacks these"
        assert set(entries) - used == set(), f"{language} has these for nothing"
        for (_, text), translated in entries.items():
            forms = [translated] if isinstance(translated, str) else list(translated or ())
            assert all(forms), f"{language}: {text} is not translated"
            if isinstance(text, str):
                assert placeholders(forms[0]) == placeholders(text), f"{language}: {text}"
            else:
                assert len(forms) == there.num_plurals
                assert all(placeholders(each) == placeholders(text[1]) for each in forms), f"{language}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_commands_as_the_client_shows_them(language: str) -> None:
    messages = list(catalog(language))
    names = {str(each.id): str(each.string) for each in messages if each.context in ("command", "option")}
    named = re.compile(r"`/([a-z: ]+)`")
    texts = [(match[1], str(each.string)) for each in messages for match in named.finditer(str(each.id))]
    assert texts
    for command, translated in texts:
        shown = re.sub(r"[a-z]+", lambda word: names[word[0]], command)
        assert f"`/{shown}`" in translated


def test_a_watch_has_one_name_in_a_language() -> None:
    named = {"de": "Beobachtung", "es": "eguimiento", "fr": "eille", "pl": "bserwacj", "uk": "теж"}
    for language, name in named.items():
        said = [
            str(each.string)
            for each in catalog(language)
            if isinstance(each.id, str) and re.search(r"(?i)\bwatch(?:es)? (?:\{|on |yet)", each.id)
        ]
        assert said and [each for each in said if name not in each] == [], language


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
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    def registrations() -> int:
        return sum(each.method == "PUT" and each.path.endswith("/commands") for each in town.env.http_requests)

    before = registrations()
    await town.restart()
    assert registrations() == before
    monkeypatch.setattr(words, "_CATALOGS", Path(shutil.copytree(words._CATALOGS, tmp_path / "locales")))
    german = tmp_path / "locales" / "de.po"
    german.write_text(german.read_text("utf-8").replace('"überblick"', '"nachrichten"'), "utf-8")
    for cached in (words.catalogs_digest, words.words_in):
        cached.cache_clear()
        request.addfinalizer(cached.cache_clear)
    await town.restart()
    assert registrations() == before + 1


NOWHERE = "How many medals did Japan win in curling in 1998?"


def labels(message: Any) -> list[str]:
    """What stands on the buttons under a message."""
    return [each["label"] for each in buttons(message)]


async def test_a_german_client_reads_german_around_quotes_that_stay_as_they_are(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "de")
    answered = await town.ann.slash(town.channel, "ask", question=NATO)
    shown = said(answered)
    assert "Mit Stand vom 14.12.2025" in shown
    assert "Früher, 04.12.2024:" in shown
    assert "relinquishing its ambition to join NATO" in shown
    assert "Beantwortet · 5 Artikel durchsucht, der neueste vom 14.12.2025" in shown
    assert labels(answered.response)[:4] == ["Quellen", "Mehr", "Hilfreich", "Nicht hilfreich"]
    assert answered.response
    sources = await town.ann.click(answered.response, label="Quellen")
    assert "14.12.2025 (Datum geschätzt)" in said(sources)
    nothing = said(await town.ann.slash(town.channel, "ask", question=NOWHERE))
    assert "Nicht in den Artikeln: Durchsucht wurden 5 Artikel, der neueste vom 14.12.2025.\n" in nothing
    assert "**Am nächsten kamen**" in nothing
    listed = said(await town.ann.slash(town.channel, "sources list"))
    assert listed.startswith("**5 Artikel**\n")
    assert "14.12.2025 (Datum geschätzt)" in listed
    claim = await town.ann.send(town.channel, "Ukraine has given up its ambition to join NATO.")
    assert "Lesen Sie die Zitate." in said(await town.ann.context_menu(town.channel, "Check against sources", claim))
    offered = said(await town.ann.slash(town.channel, "help"))
    assert "**Auf dem Laufenden bleiben**" in offered
    assert "Die Meldungen eines oder mehrerer Tage, mit ihren Quellen." in offered
    assert "Anhand der Quellen prüfen" in offered
    about = said(await town.ann.slash(town.channel, "about"))
    assert "Dieser Ort sieht 5 Artikel, der neueste vom 14.12.2025." in about


async def test_a_german_client_reads_digests_and_comparisons_in_german(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "de")
    digest = await town.ann.slash(town.channel, "digest", since="2024-12-01", until="2025-12-31")
    shown = said(digest)
    assert "## 01.12.2024 bis 31.12.2025\n5 Artikel, 2 Meldungen\n" in shown
    assert "03.12.2024 (Datum geschätzt): In a recent statement" in shown
    assert "**Umstritten**: “Mark Rutte, Prime Minister of the Netherlands”" in shown
    assert "-# Neuester Artikel 14.12.2025" in shown
    assert digest.response
    (menu,) = (each for each in walk(digest.response.components) if each["type"] == 3)
    assert menu["placeholder"] == "Eine Meldung ganz lesen, nur für Sie"
    sides = {"topic": "NATO membership", "period_a": "2024-12", "period_b": "2025-12"}
    compared = said(await town.ann.slash(town.channel, "compare", **sides))
    assert "-# 2024-12: 4 Artikel · 2025-12: 1 Artikel" in compared
    assert "### Zur selben Sache" in compared


async def test_a_german_client_reads_in_german_what_cannot_be_used(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "de")

    async def refused(command: str, **options: object) -> str:
        return said(await town.ann.slash(town.channel, command, **options))

    assert "„soon“ ist kein Datum" in await refused("digest", date="soon")
    for said_there in ("gestern", "letzte Woche", "vor 3 Tagen"):
        assert "kein Datum" not in await refused("ask", question=NATO, since=said_there)
    assert "Der 1. Januar 2025 liegt nach dem 31. Dezember 2024" in await refused(
        "ask", question=NATO, since="2025", until="2024"
    )
    assert "kein Artikel heißt nowhere" in await refused("sources show", article="nowhere")
    assert "Nennen Sie zwei Medien" in await refused("compare", topic="NATO", outlet_a="AP", period_a="2024")
    assert "Kein Artikel ist von „Herald“" in await refused("ask", question=NATO, outlet="Herald")
    listed = await refused("ask", question="What articles do you have?")
    assert "5 Artikel, die neuesten zuerst:" in listed


def test_timelines_and_notes_have_words_days_and_forms_of_a_language(briefing: Briefing) -> None:
    def link(_citation: Citation) -> str:
        return "https://brief.example/a"

    traced = briefing.timelines.trace("Ukraine NATO membership", Filter())
    polish = "\n".join(map(read_page, timelines.pages(traced, "", link, words=words_in("pl"))))
    assert "11 wypowiedzi, 3 gru 2024 (data szacowana) – 14 gru 2025 (data szacowana)" in polish
    assert "🔄 Zmiana: Volodymyr Zelenskyy, 14 gru 2025" in polish
    assert "Przeszukano 5 artykułów, najnowszy: 14 gru 2025" in polish
    assert {each.text for each in compose(traced, words_in("pl")).words} >= {"pierwsza wypowiedź", "jak przedtem"}
    note = briefing.briefs.compose(NoteRequest(topic="Ukraine NATO membership", as_of=date(2025, 12, 20)))
    french = "\n".join(map(read_page, digests.brief_pages(note, link, words=words_in("fr"))))
    assert "-# Note de synthèse au 20 déc. 2025" in french
    assert "### Qui défend quoi" in french and "avant, 3 déc. 2024" in french
    assert "Cette note repose sur 5 des 5 articles, 3 déc. 2024 au 14 déc. 2025" in french
    page = files.note_page(note, Bases(), words=words_in("fr"))
    assert '<html lang="fr">' in page and '<th scope="col">Acteur</th>' in page


async def test_a_ukrainian_client_reads_ukrainian(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "uk")
    shown = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert "Станом на 14 груд. 2025 р." in shown
    assert "Є відповідь · переглянуто 5 статей, найновіша: 14 груд. 2025\u202fр." in shown


async def test_the_language_that_a_server_chose_goes_before_that_of_a_client(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "uk")
    town.bot.server_settings.change_server(scope(town.guild.id), language=Language.GERMAN)
    assert "Nicht in den Artikeln" in said(await town.ann.slash(town.channel, "ask", question=NOWHERE))
    # A message does not tell its author's language.
    await town.mention("hello")
    assert read(town.said()[-1]).startswith("Ich beantworte Fragen aus den Artikeln Ihres Teams")
    town.bot.server_settings.change_server(scope(town.guild.id), language=Language.ENGLISH)
    assert "Not in the articles" in said(await town.ann.slash(town.channel, "ask", question=NOWHERE))


async def test_each_person_reads_their_own_language_in_one_channel(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = town.guild.add_member(town.env.create_user("ben"))
    speak(monkeypatch, {town.ann.id: "pl", ben.id: "fr"})
    for _ in range(2):
        polish = await town.ann.slash(town.channel, "ask", question=NOWHERE)
        assert "Nie ma tego w artykułach: przeszukano 5 artykułów" in said(polish)
        french = await ben.slash(town.channel, "ask", question=NOWHERE)
        assert "Pas dans les articles : j’ai cherché dans 5 articles" in said(french)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_days_are_read(language: str) -> None:
    words = words_in(language)
    for example in (words("2024-12-03, yesterday"), words("2025-12, 30 days ago")):
        for each in example.split(", "):
            parse_day(each)


def test_a_search_that_was_narrowed_says_how() -> None:
    only, missed = Filter(since="2026-05-04", until="2026-05-04", outlets=("AP",)), Filter(since="2026-05-04")
    answer = Answer(
        question="?",
        standing="nothing",
        score=0.0,
        searched=Searched(1, "2026-05-04"),
        message="Not in the articles.",
        reason="not_found",
        only=only,
        missed=missed,
    )
    assert worded(answer, words_in("de")).message == (
        "Keiner der Artikel ist seit dem 4. Mai 2026 erschienen. "
        "Nicht in den Artikeln: Durchsucht wurde 1 Artikel (von AP, erschienen am 4. Mai 2026), "
        "der neueste vom 04.05.2026."
    )
    assert worded(answer, words_in("en")) == answer


async def test_forms_keep_discords_limits_in_every_language(town: Town) -> None:
    for language, form in product(LANGUAGES, (DigestForm, FilterForm)):
        made = form(town.bot, "7", "1", words_in(language)).to_dict()
        assert len(made["title"]) <= 45
        labels = [each["label"] for each in walk(made["components"]) if each["type"] == 4]
        assert labels and all(len(label) <= 45 for label in labels)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_has_the_form_that_the_language_wants(language: str) -> None:
    words = words_in(language)
    forms = {
        re.sub(r"\d", "", words.many("searched {count} article", "searched {count} articles", n)) for n in (1, 3, 5)
    }
    assert len(forms) == {"de": 1, "fr": 2, "es": 2, "pl": 3, "uk": 3}[language]


def test_the_terminal_does_not_load_what_other_languages_need() -> None:
    shown = "bot.presentation.files, bot.presentation.terminal_reports"
    code = f"import sys, {shown}; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
