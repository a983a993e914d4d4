"""`/since`, as the person who asks for it sees it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.discord.delivery.timetable import Timetable
from bot.presentation.wording import day
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import said

TODAY = date.today()
YESTERDAY = TODAY - timedelta(1)
DAILY = Timetable("08:00", "UTC", frozenset(range(7)))
NONE_YET = "-# No digest has been posted in this channel yet: these are the last seven days.\n"
BRIDGE = (
    "The harbour bridge in Zeebrugge was closed to lorries after engineers had found rust in its cables, the mayor of "
    "Zeebrugge said. The harbour bridge carries forty thousand lorries a day."
)
MORE_BRIDGE = (
    "The harbour bridge in Zeebrugge that was closed to lorries for the rust in its cables will open again in March, "
    "the mayor of Zeebrugge said. New cables for the harbour bridge cost nine million euros."
)
OPERA = "The soprano Ada Okafor sang five encores at the Lagos opera on the night of her last performance."


class Desk:
    """Brings articles in, and tells channels digests as schedules do."""

    def __init__(self, town: Town, briefing: Briefing, folder: Path) -> None:
        self.town, self.briefing, self.folder = town, briefing, folder
        self.posted = 0

    async def ingest(self, name: str, text: str, published: date = TODAY, scope: str = "") -> None:
        file = self.folder / f"{name}.md"
        file.write_text(f"---\ntitle: The {name}\npublished: {published}\n---\n{text}\n")
        await asyncio.to_thread(self.briefing.articles.ingest, [file], scope)

    async def post_digest(self, days_ago: int = 0) -> None:
        """Tell the channel the digest of the days up to some day, at that day's end."""
        self.posted += 1
        # Digests have their times in whole seconds, and this test may take less than one.
        at = datetime.now(UTC) - timedelta(days_ago) + timedelta(seconds=self.posted)
        await asyncio.to_thread(self._post, at.replace(microsecond=0), at.astimezone().date().isoformat())

    def _post(self, at: datetime, day: str) -> None:
        schedules, channel = self.town.bot.schedules, str(self.town.channel.id)
        scope = str(self.town.guild.id)
        planned = schedules.add(scope, channel, DAILY, "ann", at - timedelta(days=1))
        made = self.briefing.digests.compose(Filter("2024-12-01", day, scopes=("", scope)), None, channel)
        delivery = schedules.claim(planned.id, at, at)
        assert delivery
        schedules.keep(delivery, ["as told"], made.told)
        schedules.record(delivery, 0, "1")
        schedules.settle(delivery, "posted")
        # Nothing more is due while the test runs.
        schedules.pause(planned.id, scope)


@pytest.fixture
def desk(town: Town, briefing: Briefing, tmp_path: Path) -> Desk:
    return Desk(town, briefing, tmp_path)


async def since(town: Town, **options: object) -> str:
    return said(await town.ann.slash(town.channel, "since", **options))


def days(first: date) -> str:
    """Days as a heading names them."""
    span = [f"{each.day} {each:%b %Y}" for each in dict.fromkeys((first, TODAY))]
    return " to ".join(span)


async def test_since_a_date_all_that_was_published_is_told(town: Town) -> None:
    shown = await since(town, date="2024-12-04")
    assert shown.startswith(f"## {days(date(2024, 12, 4))}\n2 articles, ")
    assert "Still developing" not in shown
    assert (await since(town, date="2024-12", topic="NATO")).startswith(f"## {days(date(2024, 12, 1))} on NATO\n")


async def test_a_channel_without_a_digest_gets_the_last_seven_days(town: Town, desk: Desk) -> None:
    await desk.ingest("bridge", BRIDGE, TODAY - timedelta(6))
    await desk.ingest("opera", OPERA, TODAY - timedelta(7))
    shown = await since(town)
    assert shown.startswith(f"{NONE_YET}## {days(TODAY - timedelta(6))}\n1 article, 1 story\n\n### 1. The bridge\n")
    assert (await since(town, topic="opera")).startswith(f"{NONE_YET}## {days(TODAY - timedelta(6))} on opera\nNo sto")


async def test_what_the_channel_was_told_is_not_told_again(town: Town, desk: Desk) -> None:
    await desk.ingest("bridge", BRIDGE)
    before = int(datetime.now().timestamp())
    await desk.post_digest()
    shown = await since(town)
    told = re.match(re.escape(f"## {days(YESTERDAY)}\nNothing new since the digest of <t:") + r"(\d+)", shown)
    assert told and before <= int(told[1]) <= datetime.now().timestamp() + 1  # rounded up
    await desk.ingest("opera", OPERA)
    for _ in range(2):
        # Being asked for does not count as told.
        shown = await since(town)
        assert shown.startswith(f"## {days(YESTERDAY)}\n1 article, 1 story\n\n### 1. The opera\n")
    other = town.guild.create_text_channel("other")
    everything = said(await town.ann.slash(other, "since"))
    assert everything.startswith(f"{NONE_YET}## {days(TODAY - timedelta(6))}\n2 articles, 2 stories")


async def test_what_was_published_before_the_last_digest_and_came_in_after_it_is_new(town: Town, desk: Desk) -> None:
    await desk.ingest("bridge", BRIDGE)
    await desk.post_digest()
    await desk.ingest("opera", OPERA, YESTERDAY)
    assert (await since(town)).startswith(f"## {days(YESTERDAY)}\n1 article, 1 story\n\n### 1. The opera\n")


async def test_a_story_that_goes_on_is_still_developing(town: Town, desk: Desk) -> None:
    await desk.ingest("bridge", BRIDGE, YESTERDAY)
    await desk.post_digest(days_ago=1)
    await desk.ingest("bridge again", MORE_BRIDGE)
    shown = await since(town)
    assert shown.startswith(
        f"## {days(TODAY - timedelta(2))}\n1 article, 1 story\n\n### 1. Still developing: The bridge again\n"
    )
    assert "nine million euros" in shown
    assert "1 article · 1 earlier article" in shown
    # With a date it is told as if nobody had been told of it.
    assert "Still developing" not in await since(town, date=str(YESTERDAY))


async def test_what_is_new_is_turned_page_by_page_also_after_a_restart(town: Town, desk: Desk) -> None:
    await desk.ingest("opera", OPERA)
    await desk.post_digest()
    words = "orchard glacier tram vaccine chess lighthouse bakery submarine telescope beekeeper".split()
    for at, one in enumerate(words):
        two = words[at - 1]
        sentences = (f"{one.title()} {number} " + f"{one} and then {one} {at}{number} " * 16 for number in range(3))
        (desk.folder / f"{one}.md").write_text(
            f"---\ntitle: The {one} {'and ' * 20}\npublished: {TODAY}\n---\n" + ". ".join(sentences) + f" not {two}.\n"
        )
    await asyncio.to_thread(desk.briefing.articles.ingest, [desk.folder / f"{one}.md" for one in words])
    result = await town.ann.slash(town.channel, "since")
    first = said(result)
    await town.restart()
    assert result.response
    await town.ann.click(result.response, label="More ▶")
    second = said(result)
    head = first.partition("\n\n")[0]
    assert head.startswith(f"## {days(YESTERDAY)}\n10 articles")
    assert second.startswith(head)
    assert second != first
    assert "opera" not in first + second
    await town.ann.click(result.response, label="◀ Back")
    assert said(result) == first
    # A digest that the channel gets meanwhile leaves nothing new.
    await desk.post_digest()
    await town.ann.click(result.response, label="More ▶")
    assert "Nothing new since" in said(result)


async def test_it_is_of_what_the_server_sees(town: Town, desk: Desk) -> None:
    await desk.ingest("own bridge", BRIDGE, scope=str(town.guild.id))
    await desk.ingest("secret opera", OPERA, scope="1")
    for options in ({}, {"date": "yesterday"}):
        shown = await since(town, **options)
        assert "own bridge" in shown
        assert "secret" not in shown


async def test_it_can_be_shown_to_one_alone(town: Town) -> None:
    assert (await town.ann.slash(town.channel, "since", private=True)).ephemeral
    assert not (await town.ann.slash(town.channel, "since")).ephemeral


@pytest.mark.parametrize(
    ("day", "line"),
    [
        ("the day after", '"the day after" is not a date: write it like 2024-12-03'),
        ("2024-13-01", '"2024-13-01" is not a date'),
        (str(TODAY + timedelta(400)), f"{day(str(TODAY + timedelta(400)))} is in the future."),
    ],
)
async def test_a_day_that_cannot_be_is_said_in_one_private_line(town: Town, day: str, line: str) -> None:
    result = await town.ann.slash(town.channel, "since", date=day)
    assert said(result).startswith(line)
    assert "\n" not in said(result)
    assert result.ephemeral
