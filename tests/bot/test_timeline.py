"""`/timeline`, as the person who asks for it sees it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import discord
import pytest
import simcord

from bot.discord.features.timeline import BUTTON, TimelineRequest
from bot.presentation.discord.timelines import alt_text, pages
from retrieval.domain.answers import Change, Timeline, TimelineEntry
from retrieval.domain.articles import Filter, Searched
from retrieval.domain.citations import Citation
from retrieval.errors import QuestionError
from retrieval.executor import BoundedExecutor, CrowdedError, Result
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import broken_page, buttons, plain, read, said

TOPIC = "Ukraine NATO membership"
PNG = b"\x89PNG\r\n\x1a\n"
MAYORS = ("Ines Aerts", "Bram Claes", "Lotte Dhont", "Koen Maes", "Eva Peeters", "Jan Wouters", "Ruth Smets")
REASONS = (
    "the dredging of the western channel costs three times what the last council was told it would",
    "lorries from the inland depots have worn out the quay road years before it was due for repair",
    "ferries to the islands must be paid for by those who profit from them, and not by residents",
    "insurers ask for a tug at every arrival since the autumn storms tore two tankers from moorings",
)


def pictures(result: simcord.InteractionResult) -> list[discord.Attachment]:
    assert result.response
    return result.response.message.attachments


def disabled(result: simcord.InteractionResult, label: str) -> bool:
    """True if the button of the message is disabled now."""
    assert result.response
    (found,) = [each for each in buttons(result.response) if each["label"] == label]
    return bool(found.get("disabled"))


def write(folder: Path, name: str, text: str, published: str, outlet: str = "Herald") -> Path:
    """An article in the folder."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.md"
    file.write_text(f"---\ntitle: '{name}'\noutlet: {outlet}\npublished: {published}\n---\n{text}\n")
    return file


@pytest.fixture
async def tolls(briefing: Briefing, tmp_path: Path) -> None:
    """Many mayors on a toll, month after month."""
    for at, mayor in enumerate(MAYORS):
        for more, reason in enumerate(REASONS):
            text = f"Mayor {mayor} said the harbour toll will rise to {at * 4 + more + 3} euros because {reason}."
            write(tmp_path / "press", f"{at}-{more}", text, f"2025-0{at + 1}-{more * 7 + 1:02}")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "press"])


def entry(
    number: int, text: str = "The bridge is shut.", change: Change | None = "first", actor: str = "Ann"
) -> TimelineEntry:
    when = f"2024-12-{number % 28 + 1:02}"
    cited = Citation(
        number, "a.txt", "A", None, None, when, "text", False, text, 0, len(text), number, number, None, "k"
    )
    return TimelineEntry(date=when, actor=actor, text=text, change=change, citation=cited)


def timeline(*entries: TimelineEntry, topic: str = "bridge") -> Timeline:
    return Timeline(topic=topic, entries=entries, searched=Searched(5, "2025-12-14"))


async def test_what_was_said_comes_by_date_with_who_said_it_and_what_changed(town: Town) -> None:
    result = await town.ann.slash(town.channel, "timeline", topic=TOPIC)
    shown = said(result)
    assert shown.startswith(f"## {TOPIC}\n")
    assert "🔄 Changed: " in shown.splitlines()[2]
    assert "on 14 Dec 2025 (date estimated)" in shown.splitlines()[2]
    assert shown.splitlines()[1].endswith("3 Dec 2024 (date estimated) to 14 Dec 2025 (date estimated)")
    assert "(first)" not in shown
    assert "\n\n### 3 Dec 2024" in shown
    assert re.search(r"\n- \*\*.+\*\*: “.+” \[1\] `00\d_\w+\.txt:\d+`", shown)
    assert re.search(r"earched 5 articles, the newest of 14 Dec 2025$", shown)


async def test_the_picture_comes_with_the_first_page_and_is_told_in_words(town: Town) -> None:
    (picture,) = pictures(await town.ann.slash(town.channel, "timeline", topic=TOPIC))
    assert picture.filename == "timeline.png"
    assert (await picture.read()).startswith(PNG)
    assert picture.description
    assert picture.description.startswith(f"Timeline of “{TOPIC}”: ")
    assert re.search(
        r"Marked as a changed position: .*Zelenskyy on 14 Dec 2025 \(date estimated\)", picture.description
    )


def test_a_change_of_nobody_named_is_told_by_its_day() -> None:
    told = alt_text(timeline(entry(1), entry(2, change="changed", actor="")))
    assert "Marked as a changed position: 3 Dec 2024" in told


@pytest.mark.usefixtures("tolls")
async def test_a_long_timeline_is_turned_to_its_end_and_back_also_after_a_restart(town: Town) -> None:
    result = await town.ann.slash(
        town.channel, "timeline", topic="the harbour toll", since="2025-02", until="2025-06", outlet="Herald"
    )
    assert result.response
    shown = [said(result)]
    assert disabled(result, "◀ Earlier")
    while not disabled(result, "Later ▶"):
        if len(shown) == 1:
            await town.restart()
        await town.ann.click(result.response, label="Later ▶")
        shown.append(said(result))
        # The picture is of all pages, so it stays.
        assert len(pictures(result)) == 1
    assert len(shown) > 1
    for at, page in enumerate(shown, 1):
        assert page.endswith(f"-# Page {at} of {len(shown)} · searched 20 articles, the newest of 22 Jun 2025")
    months = [each for page in shown for each in re.findall(r"^### \d+ (\w+) 2025$", page, re.MULTILINE)]
    assert list(dict.fromkeys(months)) == ["Feb", "Mar", "Apr", "May", "Jun"]
    for page in reversed(shown[:-1]):
        await town.ann.click(result.response, label="◀ Earlier")
        assert said(result) == page


@pytest.mark.usefixtures("tolls")
async def test_turning_a_page_computes_the_timeline_again_only_after_new_articles_or_a_restart(
    town: Town, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    trace = briefing.timelines.trace

    def count(topic: str, only: Filter, actor: str | None) -> Timeline:
        computed.append(topic)
        return trace(topic, only, actor)

    monkeypatch.setattr(briefing.timelines, "trace", count)
    result = await town.ann.slash(town.channel, "timeline", topic="the harbour toll")
    assert result.response
    first = said(result)
    for label in ("Later ▶", "◀ Earlier", "Later ▶"):
        await town.ann.click(result.response, label=label)
    assert said(result) != first
    assert len(computed) == 1

    text = "Mayor Ann Baert said the harbour toll will fall to 1 euro."
    await asyncio.to_thread(briefing.articles.ingest, [write(tmp_path / "press", "new", text, "2024-12-31")])
    await town.ann.click(result.response, label="◀ Earlier")
    assert "Ann Baert" in said(result)
    assert len(computed) == 2

    await town.restart()
    for label in ("Later ▶", "◀ Earlier"):
        await town.ann.click(result.response, label=label)
    assert len(computed) == 3

    # Another server sees other articles.
    other = town.env.create_guild("Other team")
    bob = other.add_member(town.env.create_user("bob"))
    await bob.slash(other.create_text_channel("other"), "timeline", topic="the harbour toll")
    assert len(computed) == 4


@pytest.mark.usefixtures("tolls")
async def test_what_one_actor_says_can_be_asked_for_alone(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "timeline", topic="the harbour toll", actor="Koen Maes"))
    assert shown.startswith("## Koen Maes on the harbour toll\n")
    assert set(re.findall(r"“Mayor (\w+ \w+) said", shown)) == {"Koen Maes"}


async def test_days_are_kept_to(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "timeline", topic=TOPIC, since="2025"))
    assert "14 Dec 2025" in shown
    assert "2024" not in shown


async def test_what_nobody_tells_of_is_said_in_one_line_without_a_picture(town: Town) -> None:
    result = await town.ann.slash(town.channel, "timeline", topic="bee*keeping*", since="2019", until="2020")
    assert said(result) == "No dated article says anything about bee\\*keeping\\*. Searched 0 articles."
    assert not pictures(result)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"since": "2025", "until": "2024"}, "1 January 2025 is after 31 December 2024: swap the two dates."),
        ({"since": "next **week**"}, "next \\*\\*week\\*\\*"),
        ({"topic": "| "}, "Name a topic."),
        (
            {"topic": "t" * 50, "actor": "a" * 20},
            "Topic, actor and outlet have 70 characters together; the limit is 62.",
        ),
    ],
)
async def test_what_cannot_be_asked_is_said_in_one_private_line(town: Town, options: dict[str, str], line: str) -> None:
    result = await town.ann.slash(town.channel, "timeline", **{"topic": TOPIC, **options})
    assert line in said(result)
    assert "\n" not in said(result)
    assert result.ephemeral


async def test_an_unknown_outlet_is_said_in_one_line(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "timeline", topic=TOPIC, outlet="The *Moon*"))
    assert "\\*Moon\\*" in shown
    assert "\n" not in shown


async def test_whoever_asks_too_fast_is_asked_to_wait(town: Town) -> None:
    for _ in range(10):
        await town.ann.slash(town.channel, "timeline", topic="tea", since="2019", until="2019")
    assert "Please try again in" in said(await town.ann.slash(town.channel, "timeline", topic="tea"))


async def test_a_private_timeline_is_shown_to_one_alone_with_its_picture(town: Town) -> None:
    result = await town.ann.slash(town.channel, "timeline", topic=TOPIC, private=True)
    assert result.ephemeral
    assert pictures(result)


async def test_where_no_file_may_be_attached_the_text_comes_and_says_so(town: Town) -> None:
    assert town.guild.me
    bare = discord.PermissionOverwrite(attach_files=False)
    closed = town.guild.create_text_channel("closed", overwrites={town.guild.me: bare})
    result = await town.ann.slash(closed, "timeline", topic=TOPIC)
    assert "### 3 Dec 2024" in said(result)
    assert said(result).splitlines()[-1].startswith("-# There is a picture too, but I may not attach files here")
    assert not pictures(result)


class FillingExecutor(BoundedExecutor):
    """Takes one piece of work, and then none."""

    async def run(self, work: Callable[[], Result]) -> Result:
        if self.busy:
            raise CrowdedError
        result = await super().run(work)
        self.busy = 1
        return result


async def test_where_the_picture_cannot_be_made_the_text_stays_and_says_so(town: Town) -> None:
    town.bot.executor.shutdown()
    town.bot.executor = FillingExecutor(1)
    result = await town.ann.slash(town.channel, "timeline", topic=TOPIC)
    assert "### 3 Dec 2024" in said(result)
    (note,) = [each for each in result.followups if each.ephemeral]
    assert read(note).startswith("-# There is a picture too, but I could not post it.")
    assert not pictures(result)


async def test_outlets_are_offered_while_one_types(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    for name in ("Harbour Herald", "Hill Gazette"):
        write(tmp_path / "press", name, f"The bridge is shut, says the {name}.", "2025-01-01", name)
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "press"])
    offered = await town.ann.autocomplete(town.channel, "timeline", "outlet", "her", topic="the bridge")
    assert offered == [{"name": "Harbour Herald", "value": "Harbour Herald"}]


async def test_what_hostile_articles_say_is_shown_and_does_nothing(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    text = (
        "Mayor Koen Maes said @everyone the harbour toll of **$x^2$ euros** [rises](https://evil.example) \u202eevil."
    )
    await asyncio.to_thread(briefing.articles.ingest, [write(tmp_path / "press", "$\\frac{", text, "2025-01-01")])
    result = await town.ann.slash(town.channel, "timeline", topic="harbour *toll* $x^2$ @everyone")
    assert "@\u200beveryone the harbour toll" in said(result)
    assert "@everyone" not in said(result)
    assert "](https://evil" not in said(result)
    assert "\u202e" not in said(result)
    (picture,) = pictures(result)
    assert (await picture.read()).startswith(PNG)


async def test_articles_of_another_server_are_not_told(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    for mayor, scope in (("Ines Aerts", str(town.guild.id)), ("Koen Maes", "1")):
        text = f"Mayor {mayor} said the harbour toll will rise because {REASONS[0]}."
        file = write(tmp_path / mayor, "toll", text, "2026-02-01")
        await asyncio.to_thread(briefing.articles.ingest, [file], scope)
    shown = said(await town.ann.slash(town.channel, "timeline", topic="harbour toll"))
    assert "Ines Aerts" in shown
    assert "Koen Maes" not in shown


@pytest.mark.parametrize(
    ("topic", "actor", "only"),
    [
        ("NATO", "", Filter()),
        ("NATO: a | b", "Mark Rutte", Filter("2024-12-03", None, ("The Times",))),
        ("n" * 50, "Rutte", Filter("0001-01-01", "9999-12-31", ("a" * 7,))),
    ],
)
def test_a_button_holds_all_that_was_asked_for(topic: str, actor: str, only: Filter) -> None:
    asked = TimelineRequest.of(topic, actor, only)
    name = asked.button(999)
    assert len(name) <= 100
    match = re.fullmatch(BUTTON, name)
    assert match
    assert TimelineRequest.read(match) == asked
    assert match[3] == "999"


def test_more_words_than_a_button_holds_are_refused() -> None:
    with pytest.raises(QuestionError, match="74 characters together"):
        TimelineRequest.of("n" * 50, "Rutte", Filter(outlets=("The Harbour Herald", "x")))


def test_entries_stay_whole_and_days_are_said_again_on_every_page() -> None:
    told = [entry(number // 4, f"Statement {number} " + "is rather long. " * 20) for number in range(24)]
    shown = plain(pages, timeline(*told), "", lambda _: "https://herald.example/a")
    assert len(shown) > 2
    for page in shown:
        assert len(page) <= 2000
        assert re.match(r"## bridge\n24 statements, .*\n\n### \d+ Dec 2024\n- ", page)
        assert page.count("“") == page.count("”") == page.count("[[")


def test_every_page_says_who_says_other_than_before() -> None:
    told = [entry(number, f"Statement {number} " + "is rather long. " * 20) for number in range(24)]
    shown = plain(pages, timeline(*told, entry(25, change="changed")), "", lambda _: "https://herald.example/a")
    assert len(shown) > 2
    assert shown and all(page.splitlines()[2] == "🔄 Changed: Ann on 26 Dec 2024" for page in shown)


def test_how_many_statements_there_were_is_said_where_some_are_left_out() -> None:
    traced = replace(timeline(entry(1), entry(2, "“Shut it,” she said.", "same")), found=96, actor="Ann")
    (page,) = plain(pages, traced, "Ann", lambda _: "https://herald.example/a")
    assert page.startswith("## Ann on bridge\n2 of 96 statements, 2 Dec 2024 to 3 Dec 2024\n")
    assert "**Ann** (as before): “‘Shut it,’ she said.” [[2]]" in page
    assert alt_text(traced).startswith("Timeline of “Ann on bridge”: 2 of 96 statements, 2 Dec 2024 to 3 Dec 2024, ")


@pytest.mark.parametrize("address", ["https://herald.example/" + "a" * 1300, "a.txt:1"])
def test_hostile_entries_arrive_within_the_limits_and_no_link_is_cut(address: str) -> None:
    text = "@everyone **bold** [x](https://evil.example) `code \u202egnp " * 60
    told = [entry(number, text, "changed", actor=text) for number in range(12)]
    shown = plain(pages, timeline(*told, topic=text), text[:50], lambda _: address)
    assert shown and all(0 < len(page.encode("utf-16-le")) // 2 <= 2000 for page in shown)
    assert shown and not any("@everyone" in page or "](https://evil" in page or "\u202e" in page for page in shown)
    assert "".join(shown).count("\\*\\*bold\\*\\*") >= 12 * 60
    whole = "".join(shown)
    assert whole.count("[[") == len(re.findall(r"\[\[\d+\]\]\(<https://[^<>]*>\)", whole))
    framed = pages(timeline(*told, topic=text), text[:50], lambda _: address, "timeline.png")
    assert not [fault for page in framed for fault in broken_page(page)]


def test_the_words_for_the_picture_fit_however_much_there_is() -> None:
    told = [entry(number, change="changed", actor=f"@everyone {'long name ' * 5}{number}") for number in range(99)]
    assert len(alt_text(timeline(*told, topic="t" * 300))) <= 1024
    one = replace(entry(1), actor=None, change=None)
    assert alt_text(timeline(one)) == (
        "Timeline of “bridge”: 1 statement, 2 Dec 2024, one row for each speaker. others 1. "
        "Nothing is marked as changed."
    )
