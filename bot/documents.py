"""The JSON documents of the command line. People script against them: fields are added, never renamed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval.models import Answer, Article, Hit, IngestReport

if TYPE_CHECKING:
    from bot.doctor import Finding

# What JSON leaves as it is but a terminal may act on: DEL, C1, and characters that turn or hide text.
_ACTIVE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def dump(document: Any) -> str:
    """The document as text, with every control character escaped."""
    plain = json.dumps(document, ensure_ascii=False, indent=2)
    return _ACTIVE.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def plain(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document that is one already."""
    return document


def ingest(report: IngestReport) -> dict[str, Any]:
    """The document of `briefing ingest`."""
    return asdict(report)


def answer(given: Answer) -> dict[str, Any]:
    """The document of `briefing ask`."""
    return {
        "question": given.question,
        "answer": given.text,
        "grounded": given.grounded,
        "score": round(given.score, 4),
        "mode": given.mode,
        "reason": given.reason,
        "searched": asdict(given.searched),
        "citations": [asdict(citation) for citation in given.citations],
        "closest": [asdict(closest) for closest in given.closest],
        "timeline": [],
        "conflicts": [],
        "timings_ms": {stage: round(ms, 1) for stage, ms in given.timings_ms.items()},
    }


def passages(hits: Sequence[Hit]) -> dict[str, Any]:
    """The document of `briefing search`."""
    return {"passages": [_passage(hit) for hit in hits]}


def _passage(hit: Hit) -> dict[str, Any]:
    passage, known = hit.passage, hit.passage.article.metadata
    return {
        "file": passage.article.file,
        "title": known.title,
        "outlet": known.outlet,
        "published": known.published,
        "score": round(hit.score, 4),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
    }


def article(shown: Article) -> dict[str, Any]:
    """The document of `briefing show --json`."""
    return {"file": shown.file, **asdict(shown.metadata)}


def findings(found: Sequence[Finding]) -> dict[str, Any]:
    """The document of `briefing doctor`."""
    return {"well": all(finding.well for finding in found), "checks": [asdict(finding) for finding in found]}
