"""A page that shows answers about as Discord and a terminal do, to be looked at.

`python -m tests.bot.preview > page.html`. It knows the markdown that our messages consist of, and no more.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import groupby

from bot.presentation import terminal
from bot.presentation.discord import rendering
from bot.presentation.links import Bases
from bot.presentation.terminal_style import ANSI
from retrieval.domain.answers import Answer, Conflict, Side
from retrieval.domain.searches import Closest, Searched
from tests.made_answers import Quoted, answered, possible

_STYLE = """body{margin:0;padding:24px;background:#313338;color:#dbdee1;font:16px/1.375 sans-serif;width:720px}
.m{padding:12px 16px;margin-bottom:20px;background:#2b2d31}.m div{min-height:1em}small{color:#949ba4;font-size:13px}
blockquote{margin:0;padding:0 8px 0 12px;border-left:4px solid #4e5058}a{color:#00a8fc;text-decoration:none}
b{color:#f2f3f5}pre{background:#0c0c0c;color:#ccc;padding:12px;font:14px/1.3 monospace}pre b{color:#fff}
pre i{color:#808080;font-style:normal}pre a{color:inherit;text-decoration:underline dotted}pre em{font-style:normal}
pre em b{color:#e5c07b}code{background:#1e1f22;padding:0 4px}"""
_TOKEN = re.compile(
    r"\[(?P<label>\[[0-9]+\]|(?:\\.|[^\[\]\\])+)\]\(<(?P<to>[^>\s]+)>\)|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|`(?P<code>[^`]+)`|\\(?P<escaped>.)|<(?P<address>https?://[^>]+)>|(?P<plain>.)",
    re.DOTALL,
)


def message(text: str) -> str:
    """A message of ours as HTML."""
    shown = []
    for is_quote, lines in groupby(text.split("\n"), lambda line: line.startswith("> ")):
        inner = "".join(_line(line[2:] if is_quote else line) for line in lines)
        shown.append(f"<blockquote>{inner}</blockquote>" if is_quote else inner)
    return f"<div class=m>{''.join(shown)}</div>"


def lines(text: str) -> str:
    """What a terminal shows, as HTML."""
    inner = re.sub(r"\x1b\]8;;(.+?)\x1b\\", r"<a href='\1'>", html.escape(text)).replace("\x1b]8;;\x1b\\", "</a>")
    for code, tag in (("[1m", "<b>"), ("[2m", "<i>"), ("[33m", "<em>"), ("[39m", "</em>")):
        inner = inner.replace(f"\x1b{code}", tag)
    closed = re.sub(r"<(b|i)>(.*?)\x1b\[22m", r"<\1>\2</\1>", inner)
    return f"<pre>{closed}</pre>"


def _line(line: str) -> str:
    if line.startswith("-# "):
        return f"<div><small>{_inline(line[3:])}</small></div>"
    return f"<div>{_inline(line)}</div>"


def _inline(text: str) -> str:
    return "".join(map(_token, _TOKEN.finditer(text)))


def _token(found: re.Match[str]) -> str:
    if found["to"]:
        return f"<a href='{html.escape(found['to'])}'>{_inline(found['label'])}</a>"
    if found["bold"]:
        return f"<b>{_inline(found['bold'])}</b>"
    if found["code"]:
        return f"<code>{html.escape(found['code'])}</code>"
    return html.escape(found["escaped"] or found["address"] or found["plain"] or "")


def page(answers: Sequence[Answer]) -> str:
    """The answers in both front ends, one under the other."""
    parts = [f"<!DOCTYPE html><meta charset=utf-8><style>{_STYLE}</style>"]
    for each in answers:
        pages = rendering.answer(
            each, lambda cited: f"https://example.org/{cited.number}" if cited.number % 2 else "a.txt:9"
        )
        parts += [*map(message, pages), lines(terminal.answer(each, Bases(), ANSI))]
    return "".join(parts)


_SHIFT = Quoted(
    "{Ukraine’s President Volodymyr Zelenskyy has announced a significant shift in the country’s foreign policy by"
    " relinquishing its ambition to join NATO.} This development comes at a time when Ukraine, the United States, and"
    " European allies are widely reported to be in talks about bilateral security guarantees.",
    opening="As of 14 Dec 2025 (date estimated):",
    title="Ukraine Shifts Stance on NATO Amid Ongoing Peace Negotiations",
    outlet=None,
    author="Jordan Hayes",
    estimated=True,
)
_PUSH = Quoted(
    "Let’s break down the current situation. {Ukraine is adamant: NATO membership is not just a political goal; it’s"
    " the key to long-term security and stability for Ukraine.}",
    opening="Earlier, 3 Dec 2024 (date estimated):",
    heading="Ukraine’s NATO Membership: The Only Path to True Security?",
    title="Ukraine’s NATO Membership Push: What’s Next for Security Amid Trump’s Return?",
    outlet=None,
    published="2024-12-03",
    estimated=True,
)
_ITEMS = Quoted(
    "- restrictions on exports of video game controllers\n- {a ban on *liquefied* gas from 2027,\n  in two steps}\n"
    "- visas for 🇧🇾 drivers",
    heading="Sanctions",
    lead="The package of measures includes:",
    title="Council adopts the 16th package",
    outlet="Council of the EU",
    published="2025-02-24",
)
_TABLE = Quoted(
    "| Germany | 4.1 | {5.6} |\n| France | 2.0 | 2.2 |",
    heading="Table 3: Military aid, in billions of euros",
    lead="Country | 2024 | 2025",
    title="Aid tracker",
    outlet="Kiel Institute",
    published="2025-10-14",
)
_NOTHING = Answer(
    question="Which team won?",
    standing="nothing",
    score=0.1,
    searched=Searched(5, "2025-12-14"),
    message="Not in the articles: I searched the 5 articles, the newest of 14 December 2025.",
    reason="not_found",
    closest=(Closest("a.txt", "Ukraine’s NATO Membership Push", "2024-12-03"),),
)

if __name__ == "__main__":
    sides = Conflict((Side("5.6 billion", (2,)), Side("5.1 billion", (1,))))
    print(
        page(
            [
                answered(_SHIFT, _PUSH, age=343),
                answered(_ITEMS, _TABLE, conflicts=(sides,)),
                possible(_ITEMS, _TABLE),
                _NOTHING,
            ]
        )
    )
