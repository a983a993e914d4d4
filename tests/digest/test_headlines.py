"""A digest's headlines say what happened last, its points begin with it, and a topic's digest keeps to the topic."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.digest.key_sentences import opens_a_point, tells_event
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Digest, Story
from retrieval.services.briefing import Briefing
from tests.fakes import WordVectors, open_with

pytestmark = pytest.mark.usefixtures("both_databases")

VETO = "the presidential veto of the Kelmar harbour bill"
PLAN = f"Parliament in Kelmar is set to override {VETO} on Thursday, the speaker Ada Lund said."
DONE = f"Parliament in Kelmar overrode {VETO} by 61 votes to 48, the speaker Ada Lund said."


def compose(folder: Path, articles: dict[str, str], days: tuple[str, str], topic: str | None = None) -> Digest:
    """The digest of articles by "DAY title", with their texts."""
    press = folder / "press"
    press.mkdir()
    for number, (named, text) in enumerate(articles.items()):
        day, title = named.split(" ", 1)
        head = f"---\ntitle: {title!r}\noutlet: Outlet {number}\npublished: {day}\n---\n"
        (press / f"{number:03}.md").write_text(f"{head}{text}\n")
    with open_with(folder / "data", WordVectors(384)) as briefing:
        briefing.articles.ingest([press])
        return composed(briefing, days, topic)


def composed(briefing: Briefing, days: tuple[str, str], topic: str | None) -> Digest:
    return briefing.digests.compose(Filter(*days), topic)


def only(made: Digest) -> Story:
    (story,) = made.stories
    return story


def test_after_the_event_the_headline_no_longer_announces_it(tmp_path: Path) -> None:
    articles = {
        "2026-03-03 Parliament set to override veto of Kelmar harbour bill": PLAN,
        "2026-03-04 Kelmar parliament to override the veto, speaker says": f"{PLAN} Ships wait.",
        "2026-03-05 Kelmar parliament overrides veto of harbour bill": DONE,
    }
    story = only(compose(tmp_path, articles, ("2026-03-03", "2026-03-05")))
    assert story.title == "Kelmar parliament overrides veto of harbour bill"
    assert "overrode" in story.points[0].text
    assert not any("set to override" in point.text for point in story.points)


def test_where_no_title_tells_the_event_the_first_point_does(tmp_path: Path) -> None:
    articles = {
        "2026-03-03 Parliament set to override veto of Kelmar harbour bill": PLAN,
        "2026-03-05 kelmar harbour bill veto": DONE,
    }
    story = only(compose(tmp_path, articles, ("2026-03-03", "2026-03-05")))
    assert story.title.startswith(
        "Parliament in Kelmar overrode the presidential veto of the Kelmar harbour bill by 61"
    )
    assert story.points[0].text == DONE


def test_an_announcement_stays_the_headline_until_it_is_overtaken(tmp_path: Path) -> None:
    story = only(compose(tmp_path, {"2026-03-03 Parliament set to override veto": PLAN}, ("2026-03-03", "2026-03-05")))
    assert story.title == "Parliament set to override veto"


@pytest.mark.parametrize(
    ("title", "tells"),
    [
        ("Meta lays off 11,000 employees", True),
        ("What comes next for NATO", False),
        ("Is peace near?", False),
        ("Analysis: the vote and its losers", False),
        ("Election night: live updates", False),
        ("hurricane nicole florida thursday", False),
        ("Liveticker: Wahl in Sachsen", False),
        ("Zugverkehr steht still", True),
        ("学校再開", True),
    ],
)
def test_titles_that_tell_no_event_are_known(title: str, tells: bool) -> None:
    assert tells_event(title) is tells


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("The council adopted the budget.", True),
        ("“We will not pay,” the mayor said.", True),
        ("We were all surprised by the vote.", False),
        ("Meanwhile, communities are assessing the damage.", False),
        ("Here's where things stood on Wednesday.", False),
    ],
)
def test_points_can_be_read_alone(text: str, alone: bool) -> None:
    assert opens_a_point(text) is alone


MIXED = (
    "Kelmar raised the harbour toll to nine euros on Monday, the port office of Kelmar said. "
    "The soprano Ada Okafor sang five encores at the opera on the same evening. "
    "Shippers called the harbour toll of Kelmar a ransom and asked the port office for relief. "
    "A comet was photographed by astronomers in Chile."
)


def test_a_topic_is_told_without_what_its_articles_say_of_other_matters(tmp_path: Path) -> None:
    articles = {
        "2026-03-03 Kelmar raises harbour toll": MIXED,
        "2026-03-03 Comet seen over Chile": "Astronomers in Chile photographed a comet unseen since the Bronze Age.",
    }
    story = only(compose(tmp_path, articles, ("2026-03-03", "2026-03-03"), topic="harbour toll"))
    assert story.files == ("000.md",)
    assert [point.text.split()[0] for point in story.points] == ["Kelmar", "Shippers"]


def test_a_dispute_comes_before_what_as_many_outlets_tell_in_agreement(tmp_path: Path) -> None:
    articles = {
        "2026-03-03 Comet seen over Chile": "Astronomers in Chile photographed a comet unseen since the Bronze Age.",
        "2026-03-03 Chilean comet": "Chile saw a comet that astronomers last photographed before the Bronze Age ended.",
        "2026-03-03 Ferry sinks": "The ferry Aurelia sank off Karpathos, NATO Secretary-General Mark Rutte said.",
        "2026-03-03 Lost": "Ferry Aurelia is lost off Karpathos, said Mark Rutte, Prime Minister of the Netherlands.",
    }
    made = compose(tmp_path, articles, ("2026-03-03", "2026-03-03"))
    assert [(len(story.files), [mark.kind for mark in story.marks]) for story in made.stories] == [
        (2, ["disputed"]),
        (2, []),
    ]
