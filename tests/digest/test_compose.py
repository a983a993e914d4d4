"""Digests as whoever reads them day by day sees them: what is new, what goes on, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import Timetable
from retrieval import tuned
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Coverage, Digest
from retrieval.services.briefing import Briefing
from retrieval.storage.schema import articles
from tests.digest.test_stories import BANK, FERRY, SINGLES
from tests.fakes import WordVectors, open_with

pytestmark = pytest.mark.usefixtures("both_databases")

FIRST, SECOND, THIRD = "2024-12-03", "2024-12-04", "2024-12-05"
CHANNEL = "70"
DAILY = Timetable("08:00", "UTC", frozenset(range(7)))
MISSING = "Forty passengers of the ferry Aurelia are missing off Karpathos, the coast guard in Greece said."
SUNK = f"{FERRY[0]} {MISSING}"
TORN = (
    "Divers off Karpathos found the bow of the Greek ferry Aurelia torn open below the waterline, the coast guard said."
)


@dataclass
class Newsroom:
    """A folder of articles, and a channel that is told of them."""

    briefing: Briefing
    folder: Path

    def bring(self, *told: tuple[str, str | None], outlet: str = "Post") -> None:
        """Articles of a text and a day each."""
        for text, day in told:
            name = f"{len(list(self.folder.iterdir())):03}.md"
            title = " ".join(text.split()[:6])
            lines = [f"title: {title}", f"outlet: {outlet}", *([f"published: {day}"] if day else [])]
            (self.folder / name).write_text("\n".join(["---", *lines, "---", text]) + "\n")
        self.briefing.articles.ingest([self.folder])

    def tell(self, since: str, until: str | None = None, channel: str = CHANNEL) -> Digest:
        """What a schedule of the channel posts."""
        made = self.briefing.digests.compose(Filter(since, until or since), destination=channel)
        due = datetime.fromisoformat(f"{until or since}T08:00:00+00:00")
        schedules = Schedules(self.briefing.catalog)
        schedule = schedules.add("7", channel, DAILY, "ann", datetime(2024, 1, 1, tzinfo=UTC))
        delivery = schedules.claim(schedule.id, due, due)
        assert delivery
        schedules.keep(delivery, ["page"], made.told)
        schedules.settle(delivery, "posted")
        return made


@pytest.fixture
def topics() -> Sequence[str]:
    """What the team follows: nothing in particular."""
    return ()


@pytest.fixture
def room(tmp_path: Path, topics: Sequence[str]) -> Iterator[Newsroom]:
    """No article yet, and nobody was told anything."""
    folder = tmp_path / "articles"
    folder.mkdir()
    with open_with(tmp_path / "data", WordVectors(384), topics=topics) as briefing:
        yield Newsroom(briefing, folder)


def said(made: Digest) -> str:
    return " ".join(point.text for story in made.stories for point in story.points)


def test_what_a_channel_was_told_is_not_told_it_again(room: Newsroom) -> None:
    room.bring((SUNK, FIRST), (BANK[0], FIRST))
    first = room.tell(FIRST)
    assert (first.found, first.articles, first.last) == (2, 2, None)
    assert first.stories and all(story.new for story in first.stories)
    room.bring((SINGLES[0], SECOND))
    second = room.tell(FIRST, SECOND)
    assert [(story.files, story.new) for story in second.stories] == [(("002.md",), True)]
    assert (second.found, second.articles) == (1, 1)
    nothing = room.tell(FIRST, SECOND)
    assert (nothing.stories, nothing.found, nothing.articles, nothing.told) == ((), 0, 0, ())


def test_a_digest_says_when_the_last_one_was_and_what_is_read(room: Newsroom) -> None:
    room.bring((SUNK, FIRST))
    room.tell(FIRST)
    assert room.briefing.digests.last(CHANNEL) == datetime(2024, 12, 3, 8, tzinfo=UTC)
    made = room.tell(FIRST, SECOND)
    assert made.last == "2024-12-03T08:00:00+00:00"
    assert made.coverage == Coverage(0, (), FIRST)
    assert room.briefing.digests.last(CHANNEL) == datetime(2024, 12, 4, 8, tzinfo=UTC), "nothing new is a digest too"


def test_whoever_asks_and_other_channels_are_told_everything_as_new(room: Newsroom) -> None:
    room.bring((SUNK, FIRST), (BANK[0], FIRST))
    room.tell(FIRST)
    room.bring((TORN, SECOND))
    for made in (room.briefing.digests.compose(Filter(FIRST, SECOND)), room.tell(FIRST, SECOND, channel="71")):
        assert {story.files for story in made.stories} == {("000.md", "002.md"), ("001.md",)}
        assert made.stories and all(story.new and not story.earlier for story in made.stories)
        assert made.last is None


def test_a_story_that_goes_on_is_still_developing_and_told_by_what_is_new_in_it(room: Newsroom) -> None:
    room.bring((SUNK, FIRST), outlet="Post")
    room.tell(FIRST)
    room.bring((f"{MISSING} {TORN}", SECOND), outlet="Echo")
    (story,) = room.tell(SECOND).stories
    assert (story.new, story.earlier, story.files, story.outlets) == (False, 1, ("001.md",), ("Echo",))
    assert [point.text for point in story.points] == [TORN]


def test_a_figure_that_changed_is_new(room: Newsroom) -> None:
    room.bring((f"{SUNK} The coast guard has counted 40 missing passengers of the Aurelia so far.", FIRST))
    room.tell(FIRST)
    counted = "The coast guard has counted 52 missing passengers of the Aurelia so far."
    room.bring((f"{counted} {TORN}", SECOND))
    assert counted in said(room.tell(SECOND))


@pytest.mark.parametrize(
    "repeat",
    [
        SUNK,
        f"Again from Athens. {SUNK}",
        "A storm off Karpathos sank the ferry Aurelia; passengers are missing, said the guard.",
    ],
    ids=["copy", "longer copy", "rewritten"],
)
def test_a_story_that_only_repeats_what_was_told_is_no_news_and_does_not_come_back(room: Newsroom, repeat: str) -> None:
    room.bring((SUNK, FIRST))
    room.tell(FIRST)
    room.bring((repeat, SECOND), outlet="Echo")
    made = room.tell(SECOND)
    assert (made.stories, made.found, made.articles, len(made.told)) == ((), 0, 0, 1)
    assert room.tell(SECOND, "2025-01-10").found == 0


def test_a_story_of_which_nothing_was_heard_for_long_is_new(room: Newsroom) -> None:
    room.bring((SUNK, "2024-11-26"))
    room.tell("2024-11-26")
    room.bring((TORN, SECOND))
    assert [
        story.new for story in room.briefing.digests.compose(Filter(FIRST, SECOND), destination=CHANNEL).stories
    ] == [False]
    assert [
        story.new for story in room.briefing.digests.compose(Filter(SECOND, SECOND), destination=CHANNEL).stories
    ] == [True]


def test_stories_there_was_no_room_for_are_told_the_next_time(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuned, "POINTS", replace(tuned.POINTS, told_stories=1))
    room.bring((SUNK, FIRST), (FERRY[1], FIRST), (BANK[0], FIRST))
    first = room.tell(FIRST)
    assert (first.found, first.articles, len(first.told)) == (2, 3, 2)
    assert [story.files for story in room.tell(FIRST).stories] == [("002.md",)]


def test_an_article_of_unknown_date_is_in_the_digest_of_the_day_it_came_in(room: Newsroom) -> None:
    room.bring((SUNK, None))
    today = datetime.now(UTC).date().isoformat()
    made = room.briefing.digests.compose(Filter(today, today))
    assert [story.files for story in made.stories] == [("000.md",)]
    assert {citation.published for citation in made.citations} == {None}
    assert room.briefing.digests.compose(Filter(FIRST, SECOND)).found == 0
    with room.briefing.catalog.writing() as connection:
        connection.execute(update(articles).values(added=""))
    assert room.briefing.digests.compose(Filter(today, today)).found == 0, "nothing is known of when it came"


def test_an_article_of_unknown_date_is_seen_by_its_own_audience_alone(room: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text(SUNK)
    room.briefing.articles.ingest([tmp_path / "own.txt"], "8")
    today = datetime.now(UTC).date().isoformat()
    assert room.briefing.digests.compose(Filter(today, today, scopes=("", "8"))).found == 1
    assert room.briefing.digests.compose(Filter(today, today, scopes=("", "7"))).found == 0
    assert room.briefing.digests.compose(Filter(today, today, outlets=("Post",))).found == 0


@pytest.mark.parametrize("topics", [["Riksbank interest rates"]])
def test_what_the_team_follows_comes_first(room: Newsroom) -> None:
    room.bring((SINGLES[0], FIRST), (BANK[0], FIRST), (SINGLES[1], FIRST))
    room.bring((FERRY[0], FIRST), outlet="Echo")
    room.bring((FERRY[1], FIRST), outlet="Globe")
    order = [story.files for story in room.briefing.digests.compose(Filter(FIRST, FIRST)).stories]
    assert order == [("001.md",), ("003.md", "004.md"), ("000.md",), ("002.md",)]


def test_a_topic_leaves_out_what_repeats_something_else(room: Newsroom) -> None:
    room.bring((SUNK, FIRST), (BANK[0], FIRST))
    room.tell(FIRST)
    room.bring((SUNK, SECOND), (BANK[1], SECOND))
    made = room.briefing.digests.compose(Filter(SECOND, SECOND), "Riksbank", CHANNEL)
    assert [story.files for story in made.stories] == [("003.md",)]
    assert len(made.told) == 1
