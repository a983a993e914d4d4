"""The one place where the benchmarks of answers reach the code they measure: commands in, JSON documents out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.presentation import json_output
from bot.settings import BotSettings, load_bot_settings
from retrieval import evaluation
from retrieval.bootstrap import open_briefing
from retrieval.comparison.contrast import sides
from retrieval.domain.articles import Filter
from retrieval.errors import BriefingError
from retrieval.observing import SILENT
from retrieval.question.calendar import parse_window
from retrieval.services.briefing import Briefing

Document = dict[str, Any]

SEEDS = Path(__file__).parents[2] / "seeds"
# Beside the repository, as for the tests marked `eval`.
EVALUATION = Path(__file__).parents[3] / "shared" / "eval"


@dataclass(frozen=True, slots=True)
class Places:
    """Where data folders are kept, and the folder of the evaluation sets."""

    data: Path
    evaluation: Path = EVALUATION

    def evaluation_set(self, name: str) -> Path:
        """The folder of an evaluation set; ends the program with a clear line where it is missing."""
        folder = self.evaluation / name
        if not folder.is_dir():
            raise SystemExit(f"{folder} is not there: it holds the evaluation set {name}; name its place with --eval")
        return folder


@dataclass(frozen=True, slots=True)
class Corpus:
    """Some articles that commands are run on."""

    briefing: Briefing
    settings: BotSettings

    def ingest(self, articles: Path) -> None:
        """Bring in what is new or changed."""
        self.briefing.articles.ingest([articles])

    def ask(self, question: str, as_of: date | None = None, before: Sequence[str] = ()) -> Document:
        """The document of `ask`, after earlier turns of one conversation."""
        only, conversation = Filter(), secrets.token_hex(8)
        for earlier in before:
            self.briefing.conversations.keep(
                self.briefing.asking.ask(earlier, only), earlier, only, conversation, "cli"
            )
        if before:
            question = self.briefing.asking.in_context(question, conversation, "cli")
        return json_output.answer(self.briefing.asking.ask(question, only, as_of), self.settings.bases)

    def timeline(self, topic: str) -> Document:
        """The document of `timeline`."""
        return json_output.timeline(self.briefing.timelines.trace(topic, Filter()), self.settings.bases)

    def compare(self, topic: str, outlets: Sequence[str], periods: Sequence[str]) -> Document:
        """The document of `compare`."""
        return json_output.comparison(
            self.briefing.timelines.compare(topic, sides(outlets, periods)), self.settings.bases
        )

    def digest(self, since: str, until: str) -> Document:
        """The document of `digest`."""
        return json_output.digest(self.briefing.digests.compose(parse_window(since, until)), self.settings.bases)

    def verify(self, claim: str) -> str:
        """The verdict on a claim; "error" where there is none."""
        try:
            return self.briefing.verification.verify(claim, Filter()).verdict
        except BriefingError:
            return "error"

    def evaluate(self, questions: Path, limit: int | None = None) -> Document:
        """The figures of `eval` on questions whose evidence is known, and on those without an answer."""
        known = [each for each in evaluation.read_questions(questions) if each.gold or not each.answerable]
        step = max(1, len(known) // limit) if limit else 1
        sample = known[::step][:limit]
        return evaluation.summarise(evaluation.run(self.briefing, sample, SILENT))


@contextmanager
def open_corpus(articles: Path, data: Path) -> Iterator[Corpus]:
    """The articles of a folder, kept in `data`; those that an earlier run brought in are not read again.

    Data folders in one folder share the embedding model that lies there.
    """
    models = data.parent / "models"
    models.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True)
    if not (data / "models").exists():
        (data / "models").symlink_to(models.absolute())
    settings = load_bot_settings(data)
    with open_briefing(settings) as briefing:
        corpus = Corpus(briefing, settings)
        if briefing.articles.is_empty():
            corpus.ingest(articles)
        yield corpus
