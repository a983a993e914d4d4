"""The picture of a timeline: what it can be drawn from, how big it is, and what drawing leaves behind: nothing."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from bot.cli.main import run
from bot.presentation.image.canvas import THEMES, Sheet, Stroke, Theme
from bot.presentation.image.chart import drawable, fold
from bot.presentation.image.layout import OTHERS, Span, day_of, grouped, lanes, span
from bot.presentation.image.timeline import compose, draw
from retrieval.domain.answers import Change, Timeline, TimelineEntry
from retrieval.domain.articles import Searched
from retrieval.domain.citations import Citation
from tests.contrast import brightness, contrast

DAY = date(2020, 3, 1)
NAMES = ("Ines Aerts", "Bram Claes", "Lotte Dhont", "Koen Maes", "Eva Peeters", "Jan Wouters", "Ruth Smets", "Al Vos")
HOSTILE = (
    "$x^2$ \\frac{1}{0} $$ _a^b {} % # & ~ \\",
    "\x1b[31m\u202eevil\u202c\x00\ud800 \U000f0000",
    "中文字中文字 日本語 한국어",
    "😀👩\u200d👩\u200d👧🇧🇪 e\u0301\u0327 \u0e01\u0e33 a\ufe0f",
    "مرحبا بالعالم שלום עולם",
    "W" * 4000,
    "",
    "<b>**bold**</b> [x](https://evil.example)",
    "".join(map(chr, range(0x20, 0x3000, 7))),
)


def entry(
    number: int, day: date = DAY, actor: str | None = "Ann", text: str = "It is shut.", change: Change | None = "first"
) -> TimelineEntry:
    when = day.isoformat()
    estimated = number % 3 == 0
    cited = Citation(number, "a.txt", "A", None, None, when, "text", estimated, text, 0, 1, number, number, None, "k")
    return TimelineEntry(date=when, actor=actor, text=text, change=change, citation=cited)


def many(count: int, names: Sequence[str], days: int) -> Timeline:
    """So many statements over so many days."""
    chance = random.Random(count)
    marks: tuple[Change | None, ...] = ("first", "same", "changed", None)
    told = [
        entry(
            number,
            DAY + timedelta(number * days // count),
            chance.choice(names),
            " ".join(f"word{chance.randrange(99)}" for _ in range(25)),
            chance.choice(marks),
        )
        for number in range(1, count + 1)
    ]
    return Timeline(topic="The harbour toll", entries=tuple(told), searched=Searched(1379, "2025-02-01"))


def span_of(told: Sequence[TimelineEntry]) -> Span:
    return span([day_of(each) for each in told])


def check(sheet: Sheet) -> None:
    """Nothing is drawn over words or outside of the picture."""
    words = [each.box for each in sheet.words]
    assert words
    # Slanting lines are those of a chart, which a test of its own goes along.
    lines = [each for each in sheet.parts if isinstance(each, Stroke) and (each.x == each.to_x or each.y == each.to_y)]
    for one, other in combinations(sheet.words, 2):
        assert not one.box.meets(other.box), (one, other)
    for box in words:
        assert box.left >= 0 and box.top >= 0 and box.right <= 1200 and box.bottom <= sheet.height
        assert not any(box.meets(each.box) for each in lines)
        assert not any(box.meets(each.box) for each in sheet.marks)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    assert image.format == "PNG"
    return image


@pytest.mark.parametrize(
    ("count", "names", "days", "least", "most"),
    [
        (1, NAMES[:1], 0, 200, 300),
        (12, NAMES[:4], 400, 500, 1100),
        (40, NAMES, 1800, 600, 1100),
        (40, NAMES, 1, 900, 1100),
    ],
)
def test_a_picture_is_as_wide_as_discord_shows_it_and_no_higher_than_its_statements_need(
    count: int, names: Sequence[str], days: int, least: int, most: int
) -> None:
    png = draw(many(count, names, days))
    image = opened(png)
    assert image.width == 1200
    assert least <= image.height <= most
    assert len(png) < 300_000
    # White up to the corners, so that it can be read on a dark page too; and the bands reach both edges.
    pixel = image.convert("RGB").getpixel
    assert pixel((1199, 0)) == (255, 255, 255)
    assert pixel((0, 78)) == pixel((1199, 78)) == (241, 244, 247)


@pytest.mark.parametrize(("count", "days"), [(1, 0), (7, 300), (12, 400), (19, 90), (40, 1800), (40, 1), (40, 12)])
def test_no_line_goes_through_words_and_no_words_through_others(count: int, days: int) -> None:
    for names in (NAMES[:1], NAMES):
        check(compose(many(count, names, days)))


def test_quotes_are_whole_where_there_is_room_and_cut_only_where_the_picture_is_full() -> None:
    text = " ".join(f"word{at}" for at in range(45))
    few = [entry(number, DAY + timedelta(30 * number), actor=NAMES[number], text=text) for number in range(4)]
    told = compose(Timeline(topic="The harbour toll", entries=tuple(few), searched=Searched(5, None)))
    assert sum(each.text.endswith("word44") for each in told.words) == 4
    full = compose(many(40, NAMES, 400))
    assert any(each.text.endswith("…") and each.text.startswith("word") for each in full.words)


def test_every_source_stands_below_its_numbers_once() -> None:
    told = [entry(number) for number in (1, 2, 3, 5)]
    other = replace(entry(4), citation=replace(entry(4).citation, key="other", title="B " * 90, outlet="The Herald"))
    sheet = compose(Timeline(topic="The toll", entries=(*told, other), searched=Searched(2, None)))
    listed = {each.text: sheet.words[at + 1].text for at, each in enumerate(sheet.words) if each.text.endswith("] ")}
    assert listed["[1–3, 5] "] == "A · 1 Mar 2020"
    assert listed["[4] "].startswith("B B B") and listed["[4] "].endswith("… · The Herald · 1 Mar 2020")


def test_an_actor_has_one_lane_whoever_speaks_for_them_or_however_they_are_called() -> None:
    names = ("Ukraine", "Ukrainian Foreign Ministry", "Mark Rutte", "Rutte", "Trump", "Donald Trump", "Eric Trump")
    told = [entry(number, DAY + timedelta(number), actor=name) for number, name in enumerate(names, 1)]
    lanes_of = {name: [each.actor for each in own] for name, own in grouped(told)}
    assert lanes_of["Ukraine"] == ["Ukraine", "Ukrainian Foreign Ministry"]
    assert lanes_of["Mark Rutte"] == ["Mark Rutte", "Rutte"]
    # He may be either of them.
    assert lanes_of["Trump"] == ["Trump"]
    sheet = compose(Timeline(topic="The toll", entries=tuple(told), searched=Searched(2, None)))
    assert "2 Mar 2020 [1]" in {each.text for each in sheet.words}
    assert "3 Mar 2020 [2] · Ukrainian Foreign Ministry" in {each.text for each in sheet.words}


@pytest.mark.parametrize("theme", THEMES)
def test_words_and_marks_stand_out_on_paper_and_bands_of_both_themes(theme: Theme) -> None:
    colours = THEMES[theme]
    assert (brightness(colours["paper"]) > 0.5) is (theme == "light")
    for ground in (colours["paper"], colours["band"]):
        assert all(contrast(colours[tone], ground) >= 4.5 for tone in ("ink", "pale", "changed"))
        assert all(contrast(colours[tone], ground) >= 3 for tone in ("first", "same", "unjudged"))
    pixels = opened(draw(many(9, NAMES, 90), theme)).convert("RGB").getcolors(2**20)
    assert pixels
    _, most = max(pixels)
    assert isinstance(most, tuple) and f"#{bytes(most).hex()}" in (colours["paper"], colours["band"])


def test_hostile_words_are_drawn_as_they_are_without_a_warning() -> None:
    told = [
        entry(number, DAY + timedelta(number), actor=text[:200], text=text, change="changed")
        for number, text in enumerate(HOSTILE * 2)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # In three lines each and in one.
        opened(draw(Timeline(topic=" ".join(HOSTILE), entries=tuple(told[: len(HOSTILE)]), searched=Searched(0, None))))
        many_lines = Timeline(topic="W" * 4000, entries=tuple(told), searched=Searched(0, None))
        opened(draw(many_lines))
    check(compose(many_lines))


def test_days_from_one_end_of_the_calendar_to_the_other_can_be_drawn() -> None:
    for days in ((date.min, date.max), (date.min, date.min), (date.max, date.max), (DAY, DAY + timedelta(20))):
        told = tuple(entry(number, day) for number, day in enumerate(days))
        opened(draw(Timeline(topic="Ages", entries=told, searched=Searched(2, None))))


@pytest.mark.slow
def test_several_can_be_drawn_at_once() -> None:
    told = [many(5, NAMES, days) for days in range(100, 103)]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(draw, told)) == [draw(each) for each in told]


@pytest.mark.slow
def test_drawing_says_nothing_writes_nothing_and_heeds_nobodys_settings(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("figure.dpi: 7\nfont.size: 90\ntext.usetex: True\nnonsense: 1\n")
    code = (
        "from tests.test_pictures import many, NAMES, opened\nfrom bot.presentation.image.timeline import draw\n"
        "import os\nbefore = dict(os.environ)\n"
        "print(opened(draw(many(2, NAMES, 90))).width, dict(os.environ) == before)"
    )
    # Nobody's home, so that nothing can be kept there.
    home = {"HOME": "/proc/none", "XDG_CONFIG_HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none"}
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**os.environ, **home, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("1200 True\n", "")
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["matplotlibrc", "temporary"]


def test_statements_of_a_lane_never_overlap_and_stand_in_order_of_time() -> None:
    told = many(40, NAMES, 500).entries
    over = span_of(told)
    assert lanes(told, over, 1)
    for lane in lanes(told, over, 1):
        places = [(spot.row, over.at(spot.entry), spot.left, spot.reach) for spot in lane.spots]
        assert [at for _, at, _, _ in places] == sorted(at for _, at, _, _ in places)
        taken = [(row, at - reach * left, at + reach * (not left)) for row, at, left, reach in places]
        assert taken and all(begin >= 0 and end <= 1 for _, begin, end in taken)
        for (row, begin, end), (other, first, last) in combinations(taken, 2):
            assert row != other or end <= first or begin >= last


def test_years_without_a_statement_do_not_squeeze_the_rest_together() -> None:
    told = [entry(number, DAY + timedelta(days)) for number, days in enumerate((0, 3000, 3050, 3100, 3200))]
    over = span_of(told)
    at = [over.at(each) for each in told]
    assert over.cut
    assert at == sorted(at)
    assert at[1] < 0.2
    assert at[4] - at[3] == pytest.approx(2 * (at[2] - at[1]))
    opened(draw(Timeline(topic="The harbour toll", entries=tuple(told), searched=Searched(5, None))))


def test_distances_are_those_of_time() -> None:
    told = [entry(number, DAY + timedelta(days)) for number, days in enumerate((0, 1, 10, 400))]
    at = [span_of(told).at(each) for each in told]
    assert at[2] - at[1] == pytest.approx(9 * (at[1] - at[0]))
    assert at[3] - at[2] == pytest.approx(390 * (at[1] - at[0]))


def test_whoever_speaks_most_has_the_first_lane_and_the_rest_share_the_last() -> None:
    names = [*(name for at, name in enumerate(NAMES) for _ in range(9 - at)), None]
    told = [entry(number, actor=name) for number, name in enumerate(names)]
    shown = lanes(told, span_of(told), 1)
    assert [lane.name for lane in shown] == [*NAMES[:6], OTHERS]
    assert {spot.entry.actor for spot in shown[-1].spots} == {*NAMES[6:], None}


def test_a_name_breaks_between_words_and_what_has_no_room_ends_in_an_ellipsis() -> None:
    def fits(line: str) -> bool:
        return len(line) <= 16

    assert fold("The Parliamentary Assembly of the Council", 2, fits) == "The\nParliamentary…"
    assert fold("Mark Rutte", 2, fits) == "Mark Rutte"
    assert fold("W" * 40, 2, fits) == f"{'W' * 16}\n{'W' * 15}…"
    assert fold("", 2, fits) == ""


def test_letters_that_cannot_be_drawn_are_left_out_and_words_of_none_are_said_to_be() -> None:
    letters = frozenset("abcdefghijklmnopqrstuvwxyz .")
    assert drawable("a bridge 中 is shut.", letters) == "a bridge is shut."
    assert drawable("中文字中文字 is", letters) == "(in letters that this picture lacks)"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A data folder with two articles in it."""
    folder, data = tmp_path_factory.mktemp("press"), tmp_path_factory.mktemp("data")
    (data / "models").symlink_to(models_dir)
    reason = "because the dredging of the western channel costs more than the last council was told"
    for day, said in (("2025-01-01", "will rise to nine euros"), ("2025-06-01", "will not rise this year")):
        text = f"Mayor Koen Maes said the harbour toll {said} {reason}."
        (folder / f"{day}.md").write_text(f"---\npublished: {day}\n---\n{text}\n")
    assert run(["ingest", str(folder), "--data-dir", str(data)]) == 0
    return data


def test_the_command_line_writes_the_picture_and_says_where(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "toll.png"
    assert run(["timeline", "harbour toll", "-o", str(file), "--json", "--data-dir", str(data_dir)]) == 0
    output = capsys.readouterr()
    assert output.err == f"briefing: the picture is in {file}\n"
    assert output.out.startswith("{")
    assert opened(file.read_bytes()).width == 1200


def test_where_there_is_nothing_to_draw_or_no_place_for_it_the_command_line_says_so(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data-dir", str(data_dir)]
    file = tmp_path / "none.png"
    assert run(["timeline", "harbour toll", "--since", "2030", "--picture", str(file), *where]) == 0
    assert capsys.readouterr().err == f"briefing: nothing to draw: {file} is not written\n"
    assert not file.exists()
    lost = tmp_path / "missing" / "toll.png"
    assert run(["timeline", "harbour toll", "--picture", str(lost), *where]) == 1
    assert f"the picture cannot be written to {lost}: No such file or directory" in capsys.readouterr().err
    assert run(["timeline", "harbour toll", "--picture", str(tmp_path), *where]) == 2
