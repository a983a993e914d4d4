"""Makes the pictures of docs from the sample articles: `python -m tests.docs_pictures [FOLDER]`, by default `docs`."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

import pypdfium2

from bot.presentation import brief_documents, brief_outline, files
from bot.presentation.image.timeline import draw
from bot.presentation.links import Bases
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.services.briefs import NoteRequest
from retrieval.settings import Settings

_TOPIC, _DAY = "Ukraine NATO membership", date(2025, 12, 20)
_SCALE = 1.25  # pixels a point


def make(folder: Path, data_dir: Path) -> None:
    """Write `timeline.png` and the first page of a note, `note.png`, into a folder."""
    with open_briefing(Settings(data_dir=data_dir)) as briefing:
        briefing.articles.ingest([Path(__file__).parents[1] / "seeds"])
        folder.joinpath("timeline.png").write_bytes(draw(briefing.timelines.trace(_TOPIC, Filter())))
        note = briefing.briefs.compose(NoteRequest(topic=_TOPIC, as_of=_DAY))
    page = brief_documents.pdf(files.note_page(note, Bases(), brief_outline.pictures(note)))
    shown = pypdfium2.PdfDocument(page)[0].render(scale=_SCALE).to_pil()
    shown.quantize(32).save(folder / "note.png", optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        make(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"), Path(data))
