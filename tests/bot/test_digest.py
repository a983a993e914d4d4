"""`/digest`, as the person who asks for it sees it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import simcord

from bot.discord.delivery.attempts import ROOM
from bot.presentation.discord.digests import pages
from bot.presentation.links import Bases, best_link, short_link
from retrieval.domain.answers import Side
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Coverage, Digest, FailingFeed, Mark, Point, Story
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.discord_components import walk
from tests.shown import broken_page, buttons, plain, said, words

# The words of a dozen matters that have nothing to do with each other.
MATTERS = (
    "bridge lorry cable rust girder engineer toll crossing river weld",
    "orchard frost apple blossom grower cider harvest pruning pear hail",
    "opera soprano encore libretto conductor aria tenor overture stage applause",
    "glacier icefield meltwater moraine summit crevasse alpine thaw snowpack valley",
    "tram depot strike driver union fare timetable overtime picket commuter",
    "vaccine clinic measles nurse dose outbreak infant immunity syringe fever",
    "chess grandmaster gambit endgame bishop tournament rook castling pawn knight",
    "lighthouse keeper lantern storm foghorn reef beacon sailor tide gale",
    "bakery sourdough oven flour yeast loaf crust dough rye baker",
    "submarine sonar wreck torpedo hull diver periscope seabed navy ballast",
    "telescope comet orbit astronomer nebula eclipse lens galaxy meteor observatory",
    "beekeeper hive honey pollen swarm nectar wax queen apiary mite",
)


def write(folder: Path, name: str, text: str, published: object, title: str = "") -> Path:
    """An article in the folder."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.md"
    file.write_text(f"---\ntitle: {title or name}\npublished: {published}\n---\n{text}\n")
    return file


def citation(number: int) -> Citation:
    quote = f"Quote {number}."
    return Citation(
        number, "a.txt", "A", None, None, "2024-12-03", "text", False, quote, 0, len(quote), number, number, None, "k"
    )


def made_of(stories: Sequence[Story], coverage: Coverage | None = None) -> Digest:
    """A digest of these stories, whose points cite by numbers from 1 to 50."""
    citations = tuple(citation(number) for number in range(1, 51))
    return Digest(
        since="2024-12-03",
        until="2024-12-04",
        articles=len(stories),
        stories=tuple(stories),
        found=len(stories),
        citations=citations,
        coverage=coverage,
    )


STORY = Story(
    title="Bridge closed",
    files=("1.txt", "2.txt"),
    outlets=("Herald", "BBC"),
    origin=None,
    points=(Point("It is shut.", (1,)),),
)
FAILING = (FailingFeed("BBC World", "https://bbc.example/feed", "status 503"),)


async def test_the_stories_of_some_days_are_told_with_their_sources(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest", since="2024-12-03", until="2024-12-04"))
    assert shown.startswith("## 3 Dec 2024 to 4 Dec 2024\n4 articles, 1 story\n\n### 1. ")
    assert "[1]" in shown
    assert "including copies or rewrites of one AP article" in shown


async def test_a_day_a_month_and_days_by_name_can_be_asked_for(town: Town) -> None:
    day = said(await town.ann.slash(town.channel, "digest", date="2024-12-04"))
    assert day.startswith("## 4 Dec 2024\n1 article, 1 story\n")
    month = said(await town.ann.slash(town.channel, "digest", date="2024-12"))
    assert month.startswith("## 1 Dec 2024 to 31 Dec 2024\n4 articles, 1 story\n")
    today = date.today()
    for days, first, last in (("today", 0, 0), ("yesterday", 1, 1), ("the last week", 6, 0)):
        shown = said(await town.ann.slash(town.channel, "digest", days=days))
        for back in (first, last):
            each = today - timedelta(back)
            assert f"{each.day} {each:%b %Y}" in shown
        assert "\nNo stories." in shown


async def test_without_a_day_it_is_that_of_the_newest_article(town: Town) -> None:
    assert said(await town.ann.slash(town.channel, "digest")).startswith("## 14 Dec 2025\n1 article, 1 story\n")


async def test_days_without_an_article_say_so(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest", since="2019", until="2019"))
    assert shown.startswith("## 1 Jan 2019 to 31 Dec 2019\nNo stories.")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"since": "2025", "until": "2024"}, "1 January 2025 is after 31 December 2024: swap the two dates."),
        ({"date": "next **week**"}, "“next \\*\\*week\\*\\*” is not a date"),
        ({"date": "2024-12-03", "since": "2024-12-01"}, "Name the days in one way only"),
        ({"days": "today", "until": "2024-12-01"}, "Name the days in one way only"),
        ({"days": "today", "date": "2024-12-03"}, "Name the days in one way only"),
    ],
)
async def test_wrong_days_are_said_in_one_private_line(town: Town, options: dict[str, str], line: str) -> None:
    result = await town.ann.slash(town.channel, "digest", **options)
    assert line in said(result).replace('"', "“", 1).replace('"', "”", 1)
    assert "\n" not in said(result)
    assert result.ephemeral


async def test_a_private_digest_is_shown_to_one_alone(town: Town) -> None:
    assert (await town.ann.slash(town.channel, "digest", date="2024-12-04", private=True)).ephemeral
    assert not (await town.ann.slash(town.channel, "digest", date="2024-12-04")).ephemeral


async def test_whoever_asks_too_fast_is_asked_to_wait(town: Town) -> None:
    for _ in range(10):
        await town.ann.slash(town.channel, "digest", date="2019")
    assert "Please try again in" in said(await town.ann.slash(town.channel, "digest", date="2019"))


@pytest.fixture
async def matters(briefing: Briefing, tmp_path: Path) -> None:
    """A dozen stories of one day: more than a page."""
    chance = random.Random(7)
    for matter in map(str.split, MATTERS):
        tell = (chance.sample(matter, 10) for _ in range(6))
        text = " ".join("The " + " and the ".join(words) + f" were seen at {chance.random():.6f}." for words in tell)
        write(tmp_path / "press", matter[0], text, "2026-02-01", title=f"The {' '.join(matter + matter[::-1])}")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "press"])


@pytest.mark.usefixtures("matters")
async def test_turning_a_page_computes_the_digest_again_only_after_new_articles_or_a_restart(
    town: Town, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[Filter] = []
    compose = briefing.digests.compose

    def count(only: Filter, topic: str | None, destination: str | None, channel: str) -> Digest:
        computed.append(only)
        return compose(only, topic, destination, channel)

    monkeypatch.setattr(briefing.digests, "compose", count)
    result = await town.ann.slash(town.channel, "digest")
    assert result.response
    for label in ("More ▶", "◀ Back", "More ▶"):
        await town.ann.click(result.response, label=label)
    assert len(computed) == 1

    new = write(tmp_path / "press", "new", "The harbour toll rises to four euros.", "2026-02-01")
    await asyncio.to_thread(briefing.articles.ingest, [new])
    await town.ann.click(result.response, label="◀ Back")
    assert said(result).startswith("## 1 Feb 2026\n13 articles, ")
    assert len(computed) == 2

    await town.restart()
    for label in ("More ▶", "◀ Back"):
        await town.ann.click(result.response, label=label)
    assert len(computed) == 3


@pytest.mark.usefixtures("matters")
async def test_every_page_of_a_turned_digest_leads_to_the_web_page_made_with_it(town: Town, tmp_path: Path) -> None:
    await town.restart(public_url="https://brief.example/", reader_port=8080, data_dir=tmp_path)
    result = await town.ann.slash(town.channel, "digest")
    assert result.response
    first = said(result).splitlines()[-1]
    assert first.startswith("-# [This digest as a page](<https://brief.example/s/")
    for label in ("More ▶", "◀ Back"):
        await town.ann.click(result.response, label=label)
        assert said(result).splitlines()[-1] == first
    assert len(town.bot.shelf.pages.listed(str(town.guild.id))) == 1


@pytest.mark.usefixtures("matters")
async def test_a_long_digest_is_turned_to_its_end_and_back_also_after_a_restart(town: Town) -> None:
    result = await town.ann.slash(town.channel, "digest")
    assert result.response
    shown = [said(result)]
    while not disabled(result, "More ▶"):
        if len(shown) == 1:
            await town.restart()
        await town.ann.click(result.response, label="More ▶")
        shown.append(said(result))
    assert len(shown) > 1
    assert shown and all(each.startswith("## 1 Feb 2026\n12 articles, 12 stories\n\n") for each in shown)
    numbers = [int(each) for page in shown for each in re.findall(r"^### (\d+)\. The ", page, re.MULTILINE)]
    assert numbers == list(range(1, 13))
    for page in reversed(shown[:-1]):
        await town.ann.click(result.response, label="◀ Back")
        assert said(result) == page
    assert disabled(result, "◀ Back")


def disabled(result: simcord.InteractionResult, label: str) -> bool:
    """True if the button of the message is disabled now."""
    assert result.response
    (found,) = [each for each in buttons(result.response) if each["label"] == label]
    return bool(found.get("disabled"))


async def test_a_digest_is_of_what_the_server_sees(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    for name, scope in (("shared", ""), ("own", str(town.guild.id)), ("secret", "1")):
        file = write(tmp_path, name, f"The {name} memo speaks of tariffs.", "2026-02-01", title=f"The {name} memo")
        await asyncio.to_thread(briefing.articles.ingest, [file], scope)
    shown = said(await town.ann.slash(town.channel, "digest", topic="tariffs"))
    assert shown.startswith("## 1 Feb 2026 on tariffs\n2 articles")
    assert "secret" not in shown


async def test_stories_that_share_only_an_outlets_closing_words_are_not_told_as_one(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    closing = (
        "Follow Harbour Herald on Facebook, Instagram and Telegram for the latest news from Europe and beyond. "
        "Reporting by Anna Lind in Brussels; editing by Peter Moss. Subscribe to our newsletter The Morning Harbour "
        "for a daily round-up of what matters. © Harbour Herald 2026."
    )
    texts = {
        "Bridge": "Engineers closed the harbour bridge to lorries after rust was found in its cables, the mayor of "
        "Zeebrugge said. Forty thousand lorries use it daily.",
        "Opera": "The soprano Ada Okafor sang five encores at the Lagos opera on the last night of her farewell tour. "
        "The hall stood for ten minutes.",
        "Measles": "A clinic in Poznan vaccinated three hundred infants within a day after a nurse reported the first "
        "case of measles in nine years.",
        "Chess": "The grandmaster Ilya Brodt resigned his final game in Reykjavik after a rook endgame of ninety "
        "moves, losing the crown.",
    }
    for name, text in texts.items():
        file = write(tmp_path / "herald", name, f"{text}\n\n{closing}", "2026-01-05")
        file.write_text(file.read_text().replace("published", "outlet: Harbour Herald\npublished"))
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "herald"])
    shown = said(await town.ann.slash(town.channel, "digest", date="2026-01-05"))
    assert shown.startswith("## 5 Jan 2026\n4 articles, 4 stories")
    assert "Morning Harbour" not in shown


async def test_who_gave_up_a_position_is_shown_with_what_was_said_earlier(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest", date="2025-12-14"))
    (line,) = [line for line in shown.splitlines() if "**Shift**" in line]
    assert re.match(
        r"🔄 \*\*Shift\*\*: earlier, \d Dec 2024\b.*: “[^”]*NATO[^”]*” \[4\]; now: “[^”]*NATO\.” \[1\]$", line
    )
    assert "-# [1] `001" in shown and "[4] `00" in shown


async def test_what_is_new_is_shown_with_its_marks_too(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    pledge = "Premier Anna Berg pledged to support the harbour toll of Kelmar on Tuesday."
    drops = "Premier Anna Berg abandoned the harbour toll of Kelmar, her office said."
    files = [
        write(tmp_path / "press", name, text, day)
        for name, text, day in (("old", pledge, "2024-01-10"), ("new", drops, date.today()))
    ]
    await asyncio.to_thread(briefing.articles.ingest, files)
    shown = said(await town.ann.slash(town.channel, "since"))
    assert f"🔄 **Shift**: earlier, 10 Jan 2024: “{pledge}” [2]; now: “{drops}” [1]" in shown


def test_a_disputed_story_quotes_both_sides_with_links() -> None:
    mark = Mark("disputed", (Side("12 are missing", (1,)), Side("15 are missing", (2,))))
    (page,) = plain(pages, made_of([replace(STORY, marks=(mark,))]), None, lambda _: "https://herald.example/b")
    links = [f"[[{number}]](<https://herald.example/b>)" for number in (1, 2)]
    assert f"\n⚖️ **Disputed**: “12 are missing” {links[0]} but “15 are missing” {links[1]}\n-# 2 articles" in page


def test_a_developing_story_is_told_as_one_and_counts_what_came_before() -> None:
    (page,) = plain(pages, made_of([replace(STORY, new=False, earlier=1)]), None, lambda _: "a.txt:1")
    assert "### 1. Still developing: Bridge closed\n" in page
    assert page.endswith("-# 2 articles · 1 earlier article · Herald, BBC\n-# [1] `a.txt:1`")


def test_nothing_new_names_the_last_digest_by_each_readers_own_clock() -> None:
    made = replace(made_of([]), last="2024-12-03T20:00:00+00:00")
    assert plain(pages, made, "NATO", lambda _: "") == [
        "## 3 Dec 2024 to 4 Dec 2024 on NATO\nNothing new since the digest of <t:1733256000:D>."
    ]


def test_the_last_page_alone_says_what_was_seen() -> None:
    made = made_of([STORY] * 60, Coverage(12, FAILING, "2024-12-04"))
    *others, last = plain(pages, made, None, lambda _: "https://herald.example/")
    assert last.endswith("\n\n-# 11 of 12 feeds read, 1 failing: BBC World (status 503) · newest article 4 Dec 2024")
    assert others
    assert others and not any("feeds" in each for each in others)


@pytest.mark.parametrize("public", ["", "https://brief.example"])
def test_a_dozen_stories_are_at_most_five_messages(public: str) -> None:
    text = "The harbour bridge was closed to lorries after engineers had found rust in its main cables, the mayor said"
    place = "https://www.herald-of-the-harbour.example/world/europe/2024/12/03/"
    cited = [
        replace(citation(number), url=f"{place}{'a-long-headline-' * 5}{number}", quote=f"{text} of number {number}.")
        for number in range(1, 61)
    ]
    stories = [
        replace(
            STORY,
            title=f"Harbour bridge closed to lorries for the rust in its cables {at}",
            points=tuple(Point(f"{text}.", (5 * at + each, 5 * at + each + 1)) for each in (1, 2, 3)),
        )
        for at in range(12)
    ]
    made = replace(made_of(stories), citations=tuple(cited))
    bases = Bases(public)
    shown = plain(pages, made, None, partial(best_link, bases=bases), room=ROOM, short=partial(short_link, bases=bases))
    assert len(shown) <= 5
    whole = "".join(shown)
    assert all(f"in its cables {at}\n" in whole for at in range(12))
    assert all(f"[[{5 * at + 1}]](<https://" in whole for at in range(12))


LONG = tuple(FailingFeed(f"{'@everyone_' * 9}{at}", "", "https://x.example/(" * 9) for at in range(9))


@pytest.mark.parametrize(
    ("address", "failing", "linked"),
    [
        ("https://herald.example/b", LONG, True),
        ("https://herald.example/" + "a" * 700, LONG, True),
        ("https://herald.example/" + "a" * 1200, (), False),
        ("a.txt:1", LONG, False),
    ],
)
def test_pages_leave_the_room_they_are_asked_for_and_cut_no_link(
    address: str, failing: tuple[FailingFeed, ...], linked: bool
) -> None:
    points = tuple(Point("The bridge over the river is shut to lorries. " * 30, (number,)) for number in (1, 2))
    made = made_of([replace(STORY, points=points)] * 3 + [STORY] * 20, Coverage(90, failing, "2024-12-04"))
    shown = plain(pages, made, "*" * 50, lambda _: address, room=ROOM, opening="-# A line above.", most=99)
    assert shown and all(0 < len(page) <= 2000 - ROOM for page in shown)
    assert shown[0].startswith("-# A line above.\n## 3 Dec")
    assert "A line above" not in "".join(shown[1:])
    whole, cited = "".join(shown), 3 * 2 + 20
    links = re.findall(r"\[\[\d\]\]\(<https://[^<>]*>\)", whole)
    assert whole.count("[[") == whole.count(">)") == len(links) == cited * linked
    assert sum(page.count("`a.txt:") for page in shown) == cited * (not linked)


@pytest.mark.slow
def test_hostile_stories_arrive_whole_within_the_limits() -> None:
    text = "@everyone **bold** [x](https://evil.example) `code \u202egnp " * 60
    sides = Side(text, (1,)), Side(text, (2,))
    marks = Mark("shift", sides), Mark("disputed", sides)
    hostile = Story(
        title=text,
        files=("a.txt",),
        outlets=(text,) * 20,
        origin=None,
        points=(Point(text, (1,)),),
        new=False,
        earlier=1,
        marks=marks,
    )
    failing = (FailingFeed(text, text, text),) * 5
    made = made_of([hostile] * 12, Coverage(5, failing, "2024-12-03"))
    shown = plain(pages, made, "a @everyone *topic*", lambda _: "a:1")
    assert shown and all(0 < len(page) <= 2000 for page in shown)
    assert shown and not any("@everyone" in page or "](https://evil" in page or "\u202e" in page for page in shown)
    assert "".join(shown).count("\\*\\*bold\\*\\*") >= 12 * 60
    framed = pages(made, "a @everyone *topic*", lambda _: "https://a.example/" + "x" * 490, room=ROOM)
    assert framed and not [fault for page in framed for fault in broken_page(page)]
    assert all(len(words(page)) <= 4000 - ROOM for page in framed)


def options(shown: simcord.InteractionResult) -> list[dict[str, str]]:
    """The stories that the menu under a digest offers."""
    assert shown.response
    parts = [each if isinstance(each, dict) else each.to_dict() for each in shown.response.components]
    return [option for each in map(dict, walk(parts)) for option in each.get("options", ())]


@pytest.fixture
async def affair(briefing: Briefing, tmp_path: Path) -> None:
    """An affair of three days, of which a digest tells three sentences, and another matter of its last day."""
    reports = {
        "2026-02-02": (
            "Kelmar port to raise its toll",
            "The port of Kelmar raised its toll to nine euros for each ship. Director Ada Lund of the Kelmar port said "
            "that dredging had become dearer. Kelmar fishermen fear that the toll drives them to Osten.",
        ),
        "2026-02-03": (
            "Shippers fight the toll of Kelmar",
            "Shippers sued the port of Kelmar over its toll of nine euros. Lawyer Per Holm called the Kelmar toll "
            "a ransom without a law behind it. Two ferries from Kelmar stayed in the harbour in protest at the toll.",
        ),
        "2026-02-04": (
            "Court stops the toll of Kelmar",
            "A court stopped the toll of nine euros of the port of Kelmar. Judge Ina Beck found that the council of "
            "Kelmar had never voted on the toll. The port of Kelmar must pay back two million euros of toll by June.",
        ),
    }
    for day, (title, text) in reports.items():
        write(tmp_path / "press", f"kelmar{day}", text, day, title)
    write(tmp_path / "press", "opera", "The soprano sang five encores at the opera of Lagos.", "2026-02-04", "Encores")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "press"])


@pytest.mark.usefixtures("affair")
async def test_a_story_is_read_in_full_by_one_alone_also_after_a_restart_and_an_update(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    shown = await town.ann.slash(town.channel, "digest", since="2026-02-02", until="2026-02-04")
    assert shown.response
    first, second = options(shown)
    assert first["label"] == "1. Court stops the toll of Kelmar"
    assert first["description"].startswith("3 articles")
    assert second["label"] == "2. Encores"
    told = said(shown)
    await town.restart()
    write(tmp_path / "press", "opera", "The soprano sang six encores at the opera of Lagos.", "2026-02-04", "Encores")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "press"])
    full = await town.ann.select(shown.response, [first["value"]])
    assert full.ephemeral
    days = re.findall(r"^- (\d Feb 2026): ", said(full), re.MULTILINE)
    assert len(days) > 3
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1
    assert "encores" not in said(full)
    assert said(shown) == told
    assert "six encores" in said(await town.ann.select(shown.response, [second["value"]]))


async def test_a_story_that_is_gone_or_another_servers_is_not_shown(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    file = write(tmp_path, "memo", "The secret memo speaks of tariffs.", "2026-02-01", title="The memo")
    await asyncio.to_thread(briefing.articles.ingest, [file], str(town.guild.id))
    shown = await town.ann.slash(town.channel, "digest")
    (memo,) = options(shown)
    assert memo["label"] == "1. The memo"
    assert briefing.digests.story([memo["value"]], None, ("", str(town.guild.id)))
    assert briefing.digests.story([memo["value"]], None, ("", "1")) is None
    file.unlink()
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path], str(town.guild.id))
    assert shown.response
    full = await town.ann.select(shown.response, [memo["value"]])
    assert full.ephemeral
    assert said(full) == "The articles of this story are no longer stored."


@pytest.mark.usefixtures("affair")
async def test_an_affair_of_days_is_told_by_its_last_position_under_its_last_headline(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest", since="2026-02-02", until="2026-02-04"))
    assert "### 1. Court stops the toll of Kelmar\n- A court stopped the toll of nine euros of the port" in shown


@pytest.mark.usefixtures("matters")
async def test_the_three_biggest_stories_stand_in_a_line_above_the_others(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest"))
    (top,) = re.findall(r"^\*\*The .*\*\*$", shown, re.MULTILINE)
    assert top.count(" · ") == 2
    titles = re.findall(r"^### \d\. (.*)$", shown, re.MULTILINE)
    assert top.strip("*").split(" · ")[0].rstrip("…") in titles[0]
