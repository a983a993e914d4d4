"""Pictures of answers to be looked at: as a terminal and about as Discord shows them, dark and light, wide and narrow.

`uv run python -m tests.preview FOLDER` draws messages over the sample articles into PNG and HTML files. It knows the
components and the Markdown that our messages consist of, and no more.
"""

from __future__ import annotations

import asyncio
import base64
import html
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
from PIL import Image, ImageChops

from bot.discord.client import _COGS, BriefingBot
from bot.discord.features.answer_buttons import about_select, answer_buttons, with_next
from bot.discord.features.settings import settings_page
from bot.discord.sending import sent
from bot.discord.server_settings import StoredSettings
from bot.presentation import terminal
from bot.presentation.discord import deliveries, digests, rendering, timelines
from bot.presentation.discord import help as wordings
from bot.presentation.discord.layouts import Page
from bot.presentation.image.timeline import draw
from bot.presentation.links import Bases, best_link
from bot.presentation.terminal_style import ANSI
from bot.settings import BotSettings
from retrieval.bootstrap import open_briefing
from retrieval.comparison.contrast import sides
from retrieval.domain.answers import Answer, Conflict, Side, Statement
from retrieval.domain.articles import Filter
from retrieval.domain.reports import BriefStatement, Watch, WatchNews
from retrieval.services.briefing import Briefing
from retrieval.services.briefs import NoteRequest
from retrieval.settings import Settings
from tests.conftest import SEEDS
from tests.made_answers import Quoted, answered, possible

_THEMES = {
    "dark": "--page:#313338;--frame:#393a41;--edge:#46474e;--text:#dbdee1;--head:#f2f3f5;--faint:#a3a6ae;"
    "--link:#4ea1f7;--bar:#65676f;--button:#4a4b53;--code:#2b2d31",
    "light": "--page:#ffffff;--frame:#ffffff;--edge:#d9d9dd;--text:#313338;--head:#060607;--faint:#5c5e66;"
    "--link:#0062cc;--bar:#c4c9ce;--button:#e6e6ea;--code:#f2f3f5",
}
_WIDTHS = {"desk": 720, "phone": 390}
_STYLE = """*{box-sizing:border-box}body{margin:0;padding:16px;background:var(--page);color:var(--text);
font:16px/1.375 'Noto Sans','DejaVu Sans',NotoEmoji,sans-serif}
.name{color:var(--head);font-weight:600;margin:0 0 6px}
.name i{background:#5865f2;color:#fff;font:600 10px sans-serif;padding:2px 5px;border-radius:4px;margin-left:4px}
.frame{background:var(--frame);border:1px solid var(--edge);border-left:4px solid;border-radius:8px;padding:14px 16px;
max-width:600px}.plain{max-width:600px}.frame>*+*{margin-top:8px}h2{font-size:20px;margin:0 0 4px;color:var(--head)}
h3{font-size:16px;margin:2px 0;color:var(--head)}small{color:var(--faint);font-size:13px;line-height:1.4;display:block}
blockquote{margin:2px 0;padding:0 8px 0 12px;border-left:4px solid var(--bar)}a{color:var(--link);text-decoration:none}
b{color:var(--head)}code{background:var(--code);padding:0 4px;font-size:13px}.item{padding-left:18px;text-indent:-14px}
.section{display:table;width:100%}.section>div{display:table-cell;vertical-align:middle}.section>div+div{width:110px;
text-align:right}.button{display:inline-block;background:var(--button);color:var(--head);border-radius:8px;
padding:6px 12px;font-size:14px;font-weight:500;margin:0 8px 8px 0;white-space:nowrap;max-width:100%;
box-sizing:border-box;overflow:hidden;text-overflow:ellipsis;vertical-align:top}.section .button{margin:0}
hr{border:0;border-top:1px solid var(--edge);margin:12px 0}.gap{height:4px}img{width:100%;border-radius:8px}
.file{border:1px solid var(--edge);border-radius:8px;padding:10px 12px;color:var(--link)}
pre{background:#0c0c0c;color:#ccc;padding:12px;font:13px/1.3 'DejaVu Sans Mono',monospace;white-space:pre-wrap}
pre b{color:#fff}pre i{color:#8a8a8a;font-style:normal}pre em{font-style:normal}pre em b{color:#e5c07b}
pre a{color:inherit;text-decoration:underline dotted}"""
_CODES = {"]8;;\x1b\\": "</a>", "[1m": "<b>", "[2m": "<i>", "[33m": "<em>", "[39m": "</em>"}
_TOKEN = re.compile(
    r"\[(?P<label>\[[0-9]+\]|(?:\\.|[^\[\]\\])+)\]\(<(?P<to>[^>\s]+)>\)|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|`(?P<code>[^`]+)`|\\(?P<escaped>.)|<(?P<address>https?://[^>]+)>|(?P<plain>.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Message:
    """A message as it is sent, with its files."""

    name: str
    pages: Sequence[Page]
    buttons: discord.ui.View | None = None
    files: Mapping[str, bytes] | None = None

    def html(self) -> str:
        """All its pages."""
        *others, last = self.pages
        shown = [*(sent(page) for page in others), sent(last, self.buttons)]
        return "".join(f"<p class=name>briefing <i>APP</i></p>{_message(each, self.files or {})}" for each in shown)


@dataclass(frozen=True)
class Shown:
    """A view as it is sent."""

    name: str
    view: discord.ui.LayoutView

    def html(self) -> str:
        """All its components."""
        return _message({"view": self.view}, {})


@dataclass(frozen=True)
class Printed:
    """What a terminal shows, with its colours and links."""

    name: str
    text: str

    def html(self) -> str:
        """The text, between the marks of which stand tags."""
        inner = re.sub(r"\x1b\]8;;(.+?)\x1b\\", r"<a href='\1'>", html.escape(self.text))
        for code, tag in _CODES.items():
            inner = inner.replace(f"\x1b{code}", tag)
        closed = re.sub(r"<(b|i)>(.*?)\x1b\[22m", r"<\1>\2</\1>", inner)
        return f"<pre>{closed}</pre>"


def _message(payload: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    if "content" in payload:
        below = payload["view"].to_components() if payload.get("view") else ()
        rows = "".join(_component(each, files) for each in below)
        return f"<div class=plain>{_markdown(payload['content'])}</div>{rows}"
    return "".join(_component(each, files) for each in payload["view"].to_components())


def _component(component: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    inner = "".join(_component(each, files) for each in component.get("components") or ())
    match component["type"]:
        case 17:
            colour = f"#{component['accent_color'] or 0x80848E:06x}"
            return f"<div class=frame style='border-left-color:{colour}'>{inner}</div>"
        case 3 | 6 | 8:
            chosen = [each["label"] for each in component.get("options", ()) if each.get("default")]
            chosen += [f"#{each['id']}" for each in component.get("default_values", ())]
            return f"<div class=file>{html.escape(', '.join(chosen) or component.get('placeholder', ''))} ▾</div>"
        case 1:
            return f"<div>{inner}</div>"
        case 2:
            emoji, opens = (component.get("emoji") or {}).get("name", ""), " ↗" if "url" in component else ""
            return f"<span class=button>{emoji} {html.escape(component['label'])}{opens}</span>"
        case 9:
            button = _component(component["accessory"], files)
            return f"<div class=section><div>{inner}</div><div>{button}</div></div>"
        case 10:
            return f"<div>{_markdown(component['content'])}</div>"
        case 12:
            return "".join(map(partial(_picture, files=files), component["items"]))
        case 13:
            return f"<div class=file>📄 {component['file']['url'].removeprefix('attachment://')}</div>"
        case _:
            return "<hr>" if component["divider"] else "<div class=gap></div>"


def _picture(item: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    data = base64.b64encode(files[item["media"]["url"].removeprefix("attachment://")]).decode()
    return f"<img src='data:image/png;base64,{data}' alt='{html.escape(item['description'])}'>"


def _markdown(text: str) -> str:
    shown = []
    for is_quote, lines in groupby(text.split("\n"), lambda line: line.startswith("> ")):
        inner = "".join(_line(line[2:] if is_quote else line) for line in lines)
        shown.append(f"<blockquote>{inner}</blockquote>" if is_quote else inner)
    return "".join(shown)


def _line(line: str) -> str:
    for mark, tag in (("-# ", "small"), ("## ", "h2"), ("### ", "h3")):
        if line.startswith(mark):
            return f"<{tag}>{_inline(line[len(mark) :])}</{tag}>"
    if line.startswith("- "):
        return f"<div class=item>•&nbsp; {_inline(line[2:])}</div>"
    return f"<div>{_inline(line) or '&nbsp;'}</div>"


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


def page(message: Message | Shown | Printed, theme: str, width: int) -> str:
    """A message as a page of HTML."""
    font = f"@font-face{{font-family:NotoEmoji;src:url('{_EMOJI.as_uri()}')}}" if _FONTS else ""
    size = f"@page{{size:{width}px 6000px;margin:0;background:var(--page)}}"
    style = f":root{{{_THEMES[theme]}}}{_STYLE}{size}{font}"
    return f"<!DOCTYPE html><html lang=en><meta charset=utf-8><style>{style}</style>{message.html()}</html>"


def picture(page: str) -> bytes:
    """The page as PNG, without the empty space below it."""
    import pypdfium2
    from weasyprint import HTML

    with pypdfium2.PdfDocument(HTML(string=page).write_pdf()) as document:
        drawn = document[0].render(scale=1.6).to_pil().convert("RGB")
    empty = Image.new("RGB", drawn.size, drawn.getpixel((drawn.width - 1, drawn.height - 1)))
    box = ImageChops.difference(drawn, empty).getbbox() or (0, 0, *drawn.size)
    out = io.BytesIO()
    drawn.crop((0, 0, drawn.width, min(box[3] + 24, drawn.height))).quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def messages(briefing: Briefing) -> Iterator[Message | Shown | Printed]:
    """The messages to look at, over the sample articles."""
    link = partial(best_link, bases=Bases("https://brief.example"))
    for name, answer in _answers(briefing):
        buttons = answer_buttons("0" * 16, answer)
        if name == "answered":
            buttons = with_next(buttons, "0" * 16, briefing.next_questions.after(answer, Filter()), ())
        yield Message(name, rendering.answer(answer, link), buttons)
    given = briefing.asking.ask(_NATO, Filter())
    yield Message("plain", rendering.answer(given, link, plain=True), answer_buttons("0" * 16, given))
    yield Printed("terminal", terminal.answer(given, Bases("https://brief.example"), ANSI))
    shown = [briefing.articles.quote(each, ("",)) for each in given.citations]
    yield Message("sources", rendering.excerpts(given, shown, link), about_select(given.citations))
    yield Shown("settings", _settings(briefing))
    digest = briefing.digests.compose(Filter("2024-12-01", "2025-12-31"))
    yield Message("digest", digests.pages(digest, None, link))
    traced = briefing.timelines.trace(_TOPIC, Filter(), None)
    yield Message("timeline", timelines.pages(traced, "", link, "timeline.png"), None, {"timeline.png": draw(traced)})
    note = briefing.briefs.compose(NoteRequest(topic=_TOPIC))
    yield Message("note", digests.brief_pages(note, link, "note.docx"))
    news = _news(briefing)
    yield Message("notice", deliveries.pages(news[:1], link, link))
    yield Message("notices", deliveries.pages(news, link, link))
    yield Message("checked", rendering.verdicts([briefing.verification.verify(_CLAIM, Filter())], link, 1))
    yield Message("help", _help(briefing))
    command = partial(wordings.mention, ids={})
    buttons = discord.ui.View()
    for question in (_NATO, "What did Rutte say?", "What articles do you have?"):
        buttons.add_item(discord.ui.Button(label=question))
    yield Message("welcome", [wordings.welcome(command, examples=True)], buttons)
    compared = briefing.timelines.compare("NATO membership", sides([], ["2024-12", "2025-12"], ("",)))
    yield Message("comparison", timelines.comparison_pages(compared, link))


def _news(briefing: Briefing) -> list[WatchNews]:
    """A position that changed, and sources that disagree."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    watch = Watch(id=1, scope="7", topic=_TOPIC, only="changes", state=None, paused=False, created=moment)
    changed = briefing.watches.preview(watch)
    one, other = answered(_TABLE, _ITEMS).citations[:2]
    statement = BriefStatement(text=other.quote, citations=(2,), actor="Council of the EU")
    conflict = Conflict((Side(one.quote, (1,)), Side(other.quote, (2,))))
    disputed = WatchNews(
        topic="Military aid", kind="disagreement", statement=statement, conflict=conflict, citations=(one, other)
    )
    return [changed, disputed] if changed else [disputed]


def _help(briefing: Briefing) -> list[Page]:
    """All commands, without the links that open them."""
    bot = BriefingBot(briefing, BotSettings(reader_port=0))

    async def load() -> list[wordings.Command]:
        for name in _COGS:
            await import_module(f"bot.discord.features.{name}").setup(bot)
        leaves = [each for each in bot.tree.walk_commands() if isinstance(each, discord.app_commands.Command)]
        return [wordings.Command(each.qualified_name, each.description) for each in leaves]

    return list(wordings.overview(asyncio.run(load()), ["Check against sources", "Brief me on this"], {}))


def _settings(briefing: Briefing) -> discord.ui.LayoutView:
    """The settings of a server that has set some."""
    stored, here, channel = StoredSettings(briefing.catalog), "7", "1290374650128379904"
    stored.change_server(here, private=True, digest_time="08:00", digest_zone="Europe/Brussels")
    stored.choose_channels(here, "questions", [channel])
    stored.change_channel(here, channel, outlet="Reuters", since="30 days ago")
    bot: Any = SimpleNamespace(server_settings=stored, settings=BotSettings())
    return settings_page(bot, here, channel)


# Emoji are drawn if this font is there: `uv run --with manimgx-fonts`.
_FONTS = find_spec("manimgx_fonts")
_EMOJI = Path((_FONTS and _FONTS.origin) or "").with_name("NotoEmoji[wght].ttf") if _FONTS else Path()
_NATO, _TOPIC = "Does Ukraine still want to join NATO?", "Ukraine NATO membership"
_TABLE = Quoted(
    "| Germany | 4.1 | {5.6} |\n| France | 2.0 | 2.2 |",
    heading="Table 3: Military aid, in billions of euros",
    lead="Country | 2024 | 2025",
    title="Aid tracker",
    outlet="Kiel Institute",
    published="2025-10-14",
)
_CLAIM = "Ukraine has given up its ambition to join NATO."
_ITEMS = Quoted(
    "- restrictions on exports of video game controllers\n- {a ban on *liquefied* gas from 2027,\n  in two steps}\n"
    "- visas for drivers",
    heading="Sanctions",
    lead="The package of measures includes:",
    title="Council adopts the 16th package",
    outlet="Council of the EU",
    published="2025-02-24",
)


def _answers(briefing: Briefing) -> Iterator[tuple[str, Answer]]:
    yield "answered", briefing.asking.ask(_NATO, Filter())
    yield "nothing", briefing.asking.ask("Which team won the Champions League?", Filter())
    yield "possible", possible(_ITEMS, _TABLE)
    yield "disputed", answered(_TABLE, _ITEMS, conflicts=(Conflict((Side("5.6 billion", (1,)), Side("5.1", (2,)))),))
    yield "old", answered(_ITEMS, age=343)
    written = (
        Statement("No: Ukraine has given up joining NATO.", (1,), "As of 14 Dec 2025:"),
        Statement("It insisted on it a year before.", (2, 1)),
    )
    yield "written", answered(_ITEMS, _TABLE, mode="generated", model="llama-3", statements=written)


def main(folder: Path, wanted: Callable[[str], bool] = lambda _name: True) -> None:
    """Draw the messages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, open_briefing(Settings(data_dir=Path(data))) as briefing:
        briefing.articles.ingest([SEEDS])
        for message in messages(briefing):
            for theme in _THEMES if wanted(message.name) else ():
                for device, width in _WIDTHS.items():
                    shown = page(message, theme, width)
                    place = folder / f"{message.name}-{theme}-{device}"
                    place.with_suffix(".html").write_text(shown, "utf-8")
                    place.with_suffix(".png").write_bytes(picture(shown))


if __name__ == "__main__":
    main(Path(sys.argv[1]), (lambda name: name in sys.argv[2:]) if sys.argv[2:] else lambda _name: True)
