"""The JSON documents of the command line. People script against them: fields are added, never renamed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.links import Bases, best_link
from retrieval.models import Answer, Article, Citation, Digest, Hit, IngestReport
from retrieval.search.citations import cite_part

if TYPE_CHECKING:
    from bot.findings import Finding
    from retrieval.memory.feedback import Judgement

# Unicode categories that JSON leaves as they are but a terminal may act on: controls, format characters, lone
# surrogates, line and paragraph separators.
_ACTIVE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def dump(document: Any) -> str:
    """The document as text, with every control character escaped."""
    return "".join(map(_escape, json.dumps(document, ensure_ascii=False, indent=2)))


def _escape(character: str) -> str:
    if character.isprintable() or character == "\n" or unicodedata.category(character) not in _ACTIVE:
        return character
    return json.dumps(character)[1:-1]


def plain(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document that is one already."""
    return document


def ingest(report: IngestReport) -> dict[str, Any]:
    """The document of `briefing ingest`."""
    return asdict(report)


def answer(given: Answer, bases: Bases) -> dict[str, Any]:
    """The document of `briefing ask`."""
    return {
        "question": given.question,
        "answer": given.text,
        "grounded": given.grounded,
        "score": round(given.score, 4),
        "mode": given.mode,
        "reason": given.reason,
        "searched": asdict(given.searched),
        "citations": [_citation(each, bases) for each in given.citations],
        "closest": [asdict(closest) for closest in given.closest],
        "timeline": [],
        "conflicts": [],
        "timings_ms": {stage: round(ms, 1) for stage, ms in given.timings_ms.items()},
    }


def _citation(citation: Citation, bases: Bases) -> dict[str, Any]:
    return {**asdict(citation), "link": best_link(citation, bases)}


def passages(hits: Sequence[Hit], bases: Bases) -> dict[str, Any]:
    """The document of `briefing search`."""
    return {"passages": [_passage(hit, bases) for hit in hits]}


def _passage(hit: Hit, bases: Bases) -> dict[str, Any]:
    passage, known = hit.passage, hit.passage.article.metadata
    return {
        "file": passage.article.file,
        "title": known.title,
        "outlet": known.outlet,
        "published": known.published,
        "score": round(hit.score, 4),
        "also": list(hit.also),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "url": known.url,
        "link": best_link(cite_part(passage, 1), bases),
    }


def digest(made: Digest, bases: Bases) -> dict[str, Any]:
    """The document of `briefing digest`. `new` is for destinations that remember: here every story is."""
    return {
        "from": made.since,
        "to": made.until,
        "articles": made.articles,
        "stories": [{**asdict(story), "new": True} for story in made.stories],
        "found": made.found,
        "citations": [_citation(each, bases) for each in made.citations],
    }


def article(shown: Article) -> dict[str, Any]:
    """The document of `briefing show --json`."""
    return {"file": shown.file, "guild": shown.scope or None, **asdict(shown.metadata)}


def feedback(judged: Sequence[Judgement]) -> dict[str, Any]:
    """The document of `briefing feedback`."""
    return {"feedback": [_judgement(each) for each in judged]}


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {**asdict(judged), "citations": [{"file": file, "quote": quote} for file, quote in judged.citations]}


def findings(found: Sequence[Finding]) -> dict[str, Any]:
    """The document of `briefing doctor`."""
    return {"well": all(finding.well for finding in found), "checks": [asdict(finding) for finding in found]}
