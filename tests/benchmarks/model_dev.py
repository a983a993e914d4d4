"""Which honest sentences of a language model are shown, and which false ones, with and without a second look.

    python -m tests.benchmarks.model_dev CLAIMS --news FOLDER [--others N] [-v]

CLAIMS is a file of JSON lines: `side` (honest or false), `kind`, `question`, `corpus` (seeds, or that of the folder),
`as_of`, `text`, `quotes`. Each is played through the whole of `ask`, by a server that speaks OpenAI's protocol and
answers with that statement and the numbers of the passages that hold its quotes; where none was given, it is not
counted. The second look is nobody's, or that of a server that judges as the statements are labelled, but for one
verdict in ten. Of the folder the articles that hold a quote are taken, and others by their names.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.bootstrap import open_briefing, seeds_folder
from retrieval.domain.articles import Filter
from retrieval.nlp.sentences import find_quote
from retrieval.services.briefing import Briefing
from tests.model_server import Asked, ModelServer, Says
from tests.writers import claims_by_quotes, judged, passages, settings

WRONG = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with its label, and the question that it was said to."""

    honest: bool
    kind: str
    question: str
    corpus: str
    as_of: date
    text: str
    quotes: tuple[str, ...]


@dataclass(slots=True)
class Player:
    """A model that says one sentence after the other, and judges as they are labelled, but for every tenth."""

    rows: Sequence[Row]
    row: Row | None = None
    given: bool = False
    verdicts: int = 0
    calls: int = 0

    def __call__(self, asked: Asked) -> Says:
        self.calls += 1
        if "You judge" in asked.rules:
            return Says(json.dumps({"verdicts": [*self._verdicts(asked)]}), tokens=None)
        assert self.row
        held = passages(asked).values()
        self.given = all(any(find_quote(quote, each) for each in held) for quote in self.row.quotes)
        return replace(claims_by_quotes(asked, [(self.row.text, list(self.row.quotes))]), tokens=None)

    def _verdicts(self, asked: Asked) -> Iterator[dict[str, Any]]:
        for number, text in judged(asked).items():
            self.verdicts += 1
            row = next(each for each in self.rows if each.text.endswith(text[1:]))
            right = row.honest != (self.verdicts % WRONG == 0)
            yield {"number": number, "verdict": "supported" if right else "unsupported", "part": "", "quotes": []}


@dataclass(slots=True)
class Tally:
    """Of the sentences of a kind those that were shown, those of them as unsure, and those that could be."""

    shown: int = 0
    unsure: int = 0
    given: int = 0


@dataclass(slots=True)
class Figures:
    """What came of all sentences with one verifier."""

    kinds: dict[tuple[bool, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    calls: int = 0
    tokens: int = 0
    failures: list[str] = field(default_factory=list)

    def share(self, honest: bool) -> float:
        """The share of the honest or of the false sentences that was shown."""
        own = [tally for (side, _), tally in self.kinds.items() if side == honest]
        return sum(each.shown for each in own) / max(sum(each.given for each in own), 1)


def read(path: Path) -> list[Row]:
    """The sentences of a file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Row(
            each["side"] == "honest",
            each["kind"],
            each["question"],
            each["corpus"],
            date.fromisoformat(each["as_of"]),
            each["text"],
            tuple(each["quotes"]),
        )
        for each in rows
    ]


def corpora(rows: Sequence[Row], news: Path | None, others: int, work: Path) -> dict[str, Path]:
    """The folders of the corpora that there are."""
    found = {"seeds": seeds_folder() or Path("seeds")}
    if news:
        quotes = [quote for row in rows if row.corpus != "seeds" for quote in row.quotes]
        files = sorted(each for each in news.iterdir() if each.is_file())
        held = [each for each in files if any(find_quote(q, each.read_text("utf-8", "replace")) for q in quotes)]
        rest = [each for each in files if each not in held]
        chosen = [*held, *rest[:: max(len(rest) // max(others, 1), 1)][:others]]
        folder = work / "news"
        folder.mkdir()
        for each in chosen:
            shutil.copy(each, folder)
        found |= dict.fromkeys({row.corpus for row in rows} - {"seeds"}, folder)
    return found


def measure(rows: Sequence[Row], folders: dict[str, Path], verifier: str, work: Path) -> Figures:
    """All sentences of the corpora there are, with one verifier."""
    found, player = Figures(), Player(rows)
    with ModelServer() as server:
        server.says(player)
        for corpus, folder in folders.items():
            own = [row for row in rows if row.corpus == corpus]
            with _opened(server, work / corpus, folder, verifier) as briefing:
                for row in own:
                    _forget(work / f"{corpus}-{verifier}")
                    _play(briefing, player, row, found)
                found.tokens += sum(day.tokens_in + day.tokens_out for day in briefing.usage.stats())
        found.calls = player.calls
    return found


@contextmanager
def _opened(server: ModelServer, data: Path, folder: Path, verifier: str) -> Iterator[Briefing]:
    if not data.exists():
        with open_briefing(settings(server, data_dir=data, verifier="off")) as briefing:
            briefing.articles.ingest([folder])
    copy = data.with_name(f"{data.name}-{verifier}")
    shutil.copytree(data, copy)
    with open_briefing(settings(server, data_dir=copy, verifier=verifier, chat_tokens_day=10**9)) as briefing:
        yield briefing


def _forget(data: Path) -> None:
    """Let the model be asked again what it was asked before."""
    with closing(sqlite3.connect(data / "catalog.sqlite3")) as connection:
        connection.execute("DELETE FROM replies")
        connection.commit()


def _play(briefing: Briefing, player: Player, row: Row, found: Figures) -> None:
    player.row, player.given = row, False
    given = briefing.asking.ask(row.question, Filter(), row.as_of)
    if not player.given:
        return
    tally = found.kinds[row.honest, row.kind]
    own = given.statements if given.mode == "generated" else ()
    said = [each for each in own if row.text.rstrip(".")[-40:] in each.text]
    tally.given += 1
    tally.shown += bool(said)
    tally.unsure += any(each.unsure for each in said)
    if row.honest != bool(said):
        found.failures.append(f"{row.kind}: {row.text}")


def table(off: Figures, labelled: Figures) -> Iterator[str]:
    """Both sides by kind, as Markdown."""
    yield "| kind | shown, verifier off | shown, one verdict in ten wrong |\n|---|---|---|"
    for honest, title in ((True, "honest kept"), (False, "false shown")):
        kinds = sorted({kind for side, kind in off.kinds if side == honest})
        for kind in kinds if not honest else ():
            yield f"| {kind} | {_of(off.kinds[honest, kind])} | {_of(labelled.kinds[honest, kind])} |"
        yield f"| **{title}** | **{_all(off, honest)}** | **{_all(labelled, honest)}** |"
    yield f"| calls | {off.calls} | {labelled.calls} |"
    yield f"| tokens | {off.tokens:,} | {labelled.tokens:,} ({labelled.tokens / max(off.tokens, 1):.2f} times) |"


def _of(tally: Tally) -> str:
    return f"{tally.shown} of {tally.given}"


def _all(found: Figures, honest: bool) -> str:
    own = [tally for (side, _), tally in found.kinds.items() if side == honest]
    total = Tally(sum(t.shown for t in own), sum(t.unsure for t in own), sum(t.given for t in own))
    return f"{_of(total)} ({found.share(honest):.0%})"


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.model_dev",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("claims", type=Path, metavar="CLAIMS")
    parser.add_argument("--news", type=Path, metavar="FOLDER", help="the articles of the other corpus")
    parser.add_argument("--others", type=int, default=60, metavar="N", help="how many of them beside [default: 60]")
    parser.add_argument("-v", action="store_true", help="print what came out wrong")
    asked = parser.parse_args(arguments)
    if not asked.claims.is_file() or (asked.news and not asked.news.is_dir()):
        parser.error(f"{asked.claims} or {asked.news} is not there")
    rows = read(asked.claims)
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        work = Path(folder)
        folders = corpora(rows, asked.news, asked.others, work)
        rows = [row for row in rows if row.corpus in folders]
        off, labelled = (measure(rows, folders, verifier, work) for verifier in ("off", "model"))
    print("\n".join(table(off, labelled)))
    if asked.v:
        print("", *off.failures, "", *labelled.failures, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
