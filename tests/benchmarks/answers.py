"""Measures what answers are worth: made-up affairs, the seeds' reversal retold, analysts' questions, claims.

    python -m tests.benchmarks affairs        our ten made-up affairs
    python -m tests.benchmarks domains        the affairs of the evaluation set `domains_dev`
    python -m tests.benchmarks briefs         briefing notes on both
    python -m tests.benchmarks briefs-pace    how long notes take over a thousand articles (`news_dev`)
    python -m tests.benchmarks watches        watches on both, replayed day by day; on 14 crises (`timelines_dev`,
                                              --only replay); and 100 over 10,000 articles (--only crowd)
    python -m tests.benchmarks reversals      the seeds' reversal on other days and in other words
    python -m tests.benchmarks analysts       analysts' questions over two corpora (`analyst_dev`)
    python -m tests.benchmarks strangers      questions by somebody who had not seen the code, over their own articles
    python -m tests.benchmarks claims-seeds   true and false claims (`seeds_dev`)
    python -m tests.benchmarks claims-made    claims that join names of a corpus at random
    python -m tests.benchmarks load           50 questions a second for a minute against one bot process, on a simulated
                                              Discord of this machine (--only RATE,SECONDS, with new: none asked before)
    python -m tests.benchmarks ablation       what each of these, and `seeds_dev` and a sample of `news_dev`, loses
                                              without a family of rules; --only names families and sets

With --data, data folders are kept there for the next run: without it `analysts`, `ablation` and `briefs-pace` embed for
minutes.
A kept folder is not brought up to date: remove it when articles, or the code that reads them, have changed. -v prints
what went wrong. Evaluation sets are looked for in ../shared/eval, or where --eval says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from tests.benchmarks import (
    ablation,
    analysts,
    briefs,
    domains,
    load,
    made_claims,
    reversals,
    seeds_claims,
    strangers,
    watches,
)
from tests.benchmarks.asking import EVALUATION, Places
from tests.benchmarks.counts import table
from tests.benchmarks.report import Say

Part = Callable[[Places, Say, Collection[str]], str]

PARTS: dict[str, Part] = {
    "affairs": lambda places, say, only: table(domains.ours(places, say, only)),
    "domains": lambda places, say, only: table(domains.kept_apart(places, say, only)),
    "briefs": briefs.report,
    "briefs-pace": briefs.pace,
    "watches": watches.report,
    "reversals": lambda places, say, _only: reversals.report(places, say),
    "analysts": analysts.report,
    "strangers": lambda places, say, _only: strangers.report(places, say),
    "claims-seeds": lambda places, say, _only: table(seeds_claims.run(places, say)),
    "claims-made": made_claims.report,
    "ablation": ablation.report,
    "load": load.report,
}


def main(arguments: Sequence[str]) -> None:
    """Measure the part that the arguments name, and print its table."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        data = asked.data or Path(folder)
        data.mkdir(parents=True, exist_ok=True)
        print(PARTS[asked.part](Places(data, asked.eval), print if asked.verbose else _be_silent, asked.only))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where data folders are kept between runs")
    parser.add_argument("--eval", type=Path, metavar="FOLDER", default=EVALUATION, help="the evaluation sets")
    parser.add_argument("--only", type=_names, metavar="NAME,NAME", default=(), help="affairs or corpora")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what went wrong")
    return parser


def _names(text: str) -> list[str]:
    return text.split(",")


def _be_silent(_line: str) -> None:
    """Say nothing of what went wrong."""


if __name__ == "__main__":
    main(sys.argv[1:])
