"""A note whose opening a language model writes, under the checks that its answers pass."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from langchain_core.language_models import SimpleChatModel
from langchain_core.messages import BaseMessage

from retrieval.bootstrap import open_briefing
from retrieval.domain.reports import Brief
from retrieval.services.briefs import NoteRequest
from retrieval.settings import Settings

TOPIC = "Ukraine NATO membership"
QUOTE = "Zelenskyy’s choice to give up on NATO membership"
SAID = "Zelenskyy has given up on NATO membership."


class Scripted(SimpleChatModel):
    """Writes one claim about the quote, and `more` claims, from the same passage."""

    more: tuple[str, ...] = ()
    broken: bool = False

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _call(self, messages: list[BaseMessage], *_given: Any, **_others: Any) -> str:
        return "no JSON" if self.broken else self._reply(str(messages[-1].content))

    def _reply(self, asked: str) -> str:
        texts = re.split(r'<passage-\w+ number="(\d+)">', asked)
        number = next(int(n) for n, text in zip(texts[1::2], texts[2::2], strict=True) if QUOTE in text)
        claims = [{"text": text, "passages": [number], "quotes": [QUOTE]} for text in (SAID, *self.more)]
        return json.dumps({"claims": claims})


@contextmanager
def written(seeded: Path, folder: Path, chat: Scripted) -> Iterator[Brief]:
    """The note that this model writes over the seeds."""
    data = Path(shutil.copytree(seeded, folder / "data", symlinks=True))
    with open_briefing(Settings(data_dir=data, verifier="local"), chat=chat) as briefing:
        yield briefing.briefs.compose(NoteRequest(topic=TOPIC, as_of=date(2025, 12, 20), audience="the minister"))


def test_the_opening_is_the_models_and_is_cited(seeded: Path, tmp_path: Path) -> None:
    with written(seeded, tmp_path, Scripted()) as note:
        assert note.sentence and note.sentence.text == SAID and note.model == "Scripted"
        (number,) = note.sentence.citations
        cited = next(each for each in note.citations if each.number == number)
        assert cited.quote == QUOTE and note.sentence.published == "2025-12-14"
        assert note.positions and note.timeline.entries


def test_an_invented_claim_is_dropped(seeded: Path, tmp_path: Path) -> None:
    with written(seeded, tmp_path, Scripted(more=("Poland sent 40 tanks to Zelenskyy in 2019.",))) as note:
        assert note.sentence and note.sentence.text == SAID
        assert note.dropped == 1 and not any("Poland" in each.text for each in note.new)


def test_a_model_that_fails_leaves_the_extracts_and_says_so(seeded: Path, tmp_path: Path) -> None:
    with written(seeded, tmp_path, Scripted(broken=True)) as note:
        assert note.sentence and note.sentence.text.startswith(QUOTE)
        assert note.model is None and note.note
