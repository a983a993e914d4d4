"""What is shipped for those who run it: the container, the composition of services, dashboard and alert rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from bot.cli.main import briefing as program
from bot.discord.client import BriefingBot
from bot.discord.service import _parts, _readings
from bot.observing import DiscordAnswer, EndedCommand
from bot.presentation.words import LANGUAGES
from bot.settings import BotSettings
from bot.web.metrics import Monitor
from retrieval.domain.llm import Call
from tests import fakes

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
OURS: dict[str, dict[str, Any]] = {
    name: service for name, service in COMPOSE["services"].items() if service["image"] == "briefing"
}
SETTINGS = {
    str(field.validation_alias or f"BRIEFING_{name}".upper()) for name, field in BotSettings.model_fields.items()
}


def test_the_dockerfile_has_nothing_that_hadolint_objects_to() -> None:
    command = [str(Path(sys.executable).with_name("hadolint")), "--no-color", str(ROOT / "Dockerfile")]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_images_are_of_a_named_version() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for name, service in COMPOSE["services"].items() if name not in OURS]
    assert len(images) == 4
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_the_container_sets_what_the_program_knows_and_installs_what_the_project_offers() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    (wanted,) = re.findall(r'^ARG EXTRAS="(.*)"', DOCKERFILE, re.MULTILINE)
    assert set(wanted.split()) <= set(extras)
    named = set(re.findall(r"BRIEFING_[A-Z_]+", DOCKERFILE))
    assert named
    assert named <= SETTINGS
    copied = {part for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for part in line.split()}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied == sent
    assert sent and all((ROOT / each).exists() for each in sent)


def test_the_container_keeps_the_calendars_of_all_languages_that_the_bot_speaks() -> None:
    (kept,) = re.findall(r"-not -regex '\.\*/(.*)' -delete", DOCKERFILE)
    pattern = re.compile(kept.replace("\\(", "(").replace("\\)", ")").replace("\\|", "|"))
    for language in LANGUAGES:
        assert pattern.fullmatch(f"{language}.dat") and pattern.fullmatch(f"{language}_CH.dat")
    assert not pattern.fullmatch("ja.dat")


def test_the_container_compiles_modules_there_are() -> None:
    (named,) = re.findall(r"python -c 'import (.*)'", DOCKERFILE)
    assert [module for module in named.split(", ") if find_spec(module) is None] == []


def test_every_service_runs_a_command_there_is_with_settings_there_are() -> None:
    assert {name: service["command"][0] for name, service in OURS.items()} == {
        "bot": "bot",
        "worker": "worker",
        "web": "web",
    }
    for service in OURS.values():
        name, *options = service["command"]
        program.commands[name].make_context(name, list(options))
        assert set(service["environment"]) <= SETTINGS
        assert service["read_only"]
        BotSettings(**settings(service))


def settings(service: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a service, by the names of their fields."""
    return {name.removeprefix("BRIEFING_").lower(): value for name, value in service["environment"].items()}


def test_an_option_that_is_none_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        program.commands["bot"].make_context("bot", ["--only-discourse"])


def expressions() -> Iterator[str]:
    """Every query of the dashboard and of the alert rules."""
    dashboard = json.loads((ROOT / "docs/operations/dashboard.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    rules = yaml.safe_load((ROOT / "docs/operations/alerts.yml").read_text("utf-8"))
    for group in rules["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


@pytest.fixture
def samples(tmp_path: Path) -> dict[str, set[tuple[str, str]]]:
    """The labels of each sample that a bot gives which has done everything once."""
    with fakes.open_with(tmp_path) as briefing:
        bot = BriefingBot(briefing, BotSettings(data_dir=tmp_path))
        metrics = Monitor(briefing, lambda: _parts(bot), lambda: _readings(bot)).metrics
        metrics.notice(EndedCommand("ask", True, 0.1))
        metrics.notice(DiscordAnswer(429, "user"))
        call = Call(
            purpose="answer",
            model="m",
            person="",
            tokens_in=1,
            tokens_out=1,
            estimated=False,
            cost=1,
            seconds=1,
            outcome="failed",
        )
        metrics.notice(call)
        families = list(text_string_to_metric_families(metrics.text().decode()))
    found: dict[str, set[tuple[str, str]]] = {family.name: set() for family in families}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels.items())
    return found


def test_dashboard_and_alerts_ask_for_metrics_there_are(samples: dict[str, set[tuple[str, str]]]) -> None:
    asked = [
        each for line in expressions() for each in re.findall(r"\b((?:briefing|process)_\w+)(?:\{([^}]*)\})?", line)
    ]
    assert len(asked) > 40
    assert {name for name, _ in asked} - samples.keys() == set()
    for name, chosen in asked:
        for label, how, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', chosen):
            if label == "job":  # the scraper's
                continue
            known = {each for key, each in samples[name] if key == label}
            assert {each for each in value.split("|") if how != "!="} <= known, f"{name} has no {label} {value}"


def test_the_dashboard_shows_all_that_is_ours(samples: dict[str, set[tuple[str, str]]]) -> None:
    shown = " ".join(expressions())
    ours = {name for name in samples if name.startswith("briefing_") and not name.endswith("_created")}
    stems = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in ours}
    assert len(stems) > 20 and {stem for stem in stems if stem not in shown} == set()
