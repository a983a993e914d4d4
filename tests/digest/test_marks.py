"""Stories of a digest whose sources disagree, or in which somebody says other than before, as readers see them."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Digest, Mark
from retrieval.errors import EmbeddingError
from retrieval.services.briefing import Briefing
from tests.answering.conftest import Author
from tests.digest.test_compose import CHANNEL, Newsroom
from tests.fakes import WordVectors, open_with

EARLIER, BETWEEN, DAY, NEXT = "2024-01-10", "2024-05-06", "2024-11-07", "2024-11-08"
PLEDGE = "Premier Anna Berg pledged to support the harbour toll of Kelmar on Tuesday."
DROPS = "Premier Anna Berg abandoned the harbour toll of Kelmar, her office said."
AGAIN = "Premier Anna Berg abandoned the harbour toll of Kelmar for good, her office said."


class Silent(WordVectors):
    """A model that is gone once articles are in: whoever asks it for the vector of a question hears so."""

    def embed_query(self, _text: str) -> list[float]:
        raise EmbeddingError("the model does not answer")


@pytest.fixture
def model() -> WordVectors:
    """What makes vectors."""
    return WordVectors(384)


@pytest.fixture
def room(tmp_path: Path, model: WordVectors) -> Iterator[Newsroom]:
    """No article yet, and nobody was told anything."""
    folder = tmp_path / "articles"
    folder.mkdir()
    with open_with(tmp_path / "data", model) as briefing:
        yield Newsroom(briefing, folder)


def digest(briefing: Briefing, day: str = DAY, scopes: tuple[str, ...] | None = None) -> Digest:
    return briefing.digests.compose(Filter(day, day, scopes=scopes))


def marks(made: Digest) -> list[Mark]:
    return [mark for story in made.stories for mark in story.marks]


def told(made: Digest) -> list[tuple[str, list[str]]]:
    """The marks, and what each side says."""
    return [(each.kind, [side.said for side in each.sides]) for each in marks(made)]


def cited(made: Digest) -> list[Citation]:
    """The citations of the sides of all marks."""
    by_number = {each.number: each for each in made.citations}
    return [by_number[number] for mark in marks(made) for side in mark.sides for number in side.citations]


def test_who_gives_up_what_an_earlier_article_tells_has_shifted(room: Newsroom) -> None:
    room.bring((PLEDGE, EARLIER), (DROPS, DAY))
    made = digest(room.briefing)
    assert told(made) == [("shift", [PLEDGE, DROPS])]
    assert [(each.quote, each.published) for each in cited(made)] == [(PLEDGE, EARLIER), (DROPS, DAY)]


def test_a_pledge_in_other_words_has_shifted_too_where_it_shares_the_terms_of_the_matter(room: Newsroom) -> None:
    promise = (
        "Anna Berg promised every household by the sea to support the harbour toll of Kelmar until all piers stand."
    )
    room.bring((promise, EARLIER), (DROPS, DAY))
    assert told(digest(room.briefing)) == [("shift", [promise, DROPS])]


@pytest.mark.parametrize(("evening", "shifted"), [("T18:15", True), ("T05:00", False), ("", False)])
def test_within_a_day_the_later_hour_shifts_the_earlier(room: Newsroom, evening: str, shifted: bool) -> None:
    room.bring((PLEDGE, f"{DAY}T06:40"), (DROPS, f"{DAY}{evening}"))
    assert told(digest(room.briefing)) == ([("shift", [PLEDGE, DROPS])] if shifted else [])


def test_who_gives_up_so_many_weeks_later_what_was_announced_then_has_shifted(room: Newsroom) -> None:
    announced = "Premier Anna Berg announced the harbour toll of Kelmar on Tuesday."
    drops = "Premier Anna Berg abandoned the harbour toll of Kelmar six weeks after she announced it, her office said."
    room.bring((announced, "2024-09-26"), (drops, DAY))
    assert told(digest(room.briefing)) == [("shift", [announced, drops])]
    assert told(digest(room.briefing, "2024-09-26")) == []


def test_whoever_is_not_surely_the_same_has_shifted_nothing(room: Newsroom) -> None:
    room.bring(("Fishermen vowed to support the harbour toll of Kelmar on Tuesday.", EARLIER), (DROPS, DAY))
    assert told(digest(room.briefing)) == []


def test_every_citation_is_numbered_once_in_the_order_of_its_use(room: Newsroom) -> None:
    room.bring((PLEDGE, EARLIER), (DROPS, DAY), ("Wolves were seen near the village of Orsk by 12 farmers.", DAY))
    made = digest(room.briefing)
    used = []
    for story in made.stories:
        used += [number for point in story.points for number in point.citations]
        used += [number for mark in story.marks for side in mark.sides for number in side.citations]
    assert [each.number for each in made.citations] == list(dict.fromkeys(used)) == [1, 2, 3]
    for each in made.citations:
        assert room.briefing.articles.show(each.file)[1][each.start : each.end] == each.quote


def test_without_an_earlier_article_nothing_has_shifted_and_no_model_is_asked(
    room: Newsroom, model: WordVectors
) -> None:
    room.bring((DROPS, DAY), (PLEDGE, NEXT))
    before = model.embedded
    assert told(digest(room.briefing)) == []
    assert model.embedded == before


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        (PLEDGE, "Carl Lund abandoned the harbour toll of Kelmar, his office said."),
        (PLEDGE, "Premier Anna Berg abandoned the airport tax of Kelmar, her office said."),
        (PLEDGE, "Premier Anna Berg rejected criticism of the harbour toll of Kelmar."),
        (PLEDGE, "Premier Anna Berg supports the harbour toll of Kelmar, her office said."),
        (PLEDGE, "Premier Anna Berg would abandon the harbour toll of Kelmar if ships stayed away."),
        (PLEDGE, "Premier Anna Berg previously opposed the harbour toll of Kelmar."),
        (PLEDGE, "In 2019 Premier Anna Berg opposed the harbour toll of Kelmar."),
        (PLEDGE, "Premier Anna Berg refused to abandon the harbour toll of Kelmar."),
        ("Premier Anna Berg was asked to support the harbour toll of Kelmar.", DROPS),
        ("Premier Anna Berg pledged to support the harbour toll of Varn on Tuesday.", DROPS),
        ("Germany rejected a ban on Russian gas on Monday.", "Germany supports a ban on Russian oil."),
    ],
)
def test_other_people_other_matters_and_what_only_sounds_like_it_are_no_shift(
    room: Newsroom, earlier: str, now: str
) -> None:
    room.bring((earlier, EARLIER), (now, DAY))
    assert told(digest(room.briefing)) == []


def test_what_was_told_since_is_no_shift_any_more(room: Newsroom) -> None:
    room.bring((PLEDGE, EARLIER), (DROPS, BETWEEN), (AGAIN, DAY))
    assert told(digest(room.briefing)) == []
    assert told(digest(room.briefing, BETWEEN)) == [("shift", [PLEDGE, DROPS])]


def test_what_others_alone_may_see_and_what_has_no_date_are_not_compared_with(room: Newsroom) -> None:
    room.bring((DROPS, DAY), (PLEDGE, None))
    secret = room.folder.parent / "secret.md"
    secret.write_text(f"---\ntitle: Secret\npublished: {EARLIER}\n---\n{PLEDGE}\n")
    room.briefing.articles.ingest([secret], "2")
    assert told(digest(room.briefing, scopes=("", "1"))) == []
    assert told(digest(room.briefing, scopes=("", "2"))) == [("shift", [PLEDGE, DROPS])]


def test_a_channel_is_told_of_a_shift_once(room: Newsroom) -> None:
    debate = (
        "The council of Kelmar had fought over the harbour toll of Premier Anna Berg through nine nights of debate."
    )
    room.bring((PLEDGE, EARLIER), (f"{DROPS} {debate} A crowd sang on the quay until dawn.", DAY))
    assert told(room.tell(DAY)) == [("shift", [PLEDGE, DROPS])]
    costs = (
        "The harbour toll of Kelmar brought the office of Premier Anna Berg 12 million crowns a year, auditors found."
    )
    ports = "Skippers who paid the toll in Kelmar want their money back from the harbour, a union of the coast wrote."
    room.bring((f"{costs} {ports} {AGAIN}", NEXT))
    again = room.briefing.digests.compose(Filter(DAY, NEXT), destination=CHANNEL)
    assert [story.new for story in again.stories] == [False]
    assert told(again) == []


def test_a_model_that_does_not_answer_costs_the_shifts_and_not_the_digest(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    with open_with(tmp_path / "data", Silent(384)) as briefing:
        Newsroom(briefing, tmp_path / "articles").bring((PLEDGE, EARLIER), (DROPS, DAY))
        made = digest(briefing)
    assert [point.text for story in made.stories for point in story.points] == [DROPS]
    assert told(made) == []
    assert made.note == "not compared with earlier articles: the model does not answer"


def test_points_that_a_model_writes_keep_the_marks_and_their_numbers(tmp_path: Path) -> None:
    further = "The 14 harbours of the coast will share the loss of 2 million crowns."

    author = Author()
    author.writes(*((text, [text]) for text in (further, DROPS)))
    (tmp_path / "articles").mkdir()
    with open_with(tmp_path / "data", WordVectors(384), chat=author) as briefing:
        Newsroom(briefing, tmp_path / "articles").bring((PLEDGE, EARLIER), (f"{DROPS} {further}", DAY))
        made = digest(briefing)
    assert made.model == "ours:test"
    assert [(point.text, point.citations) for point in made.stories[0].points] == [(further, (1,)), (DROPS, (2,))]
    assert [side.citations for mark in marks(made) for side in mark.sides] == [(3,), (2,)]
    assert [each.quote for each in cited(made)] == [PLEDGE, DROPS]


LEDE = "The tanker Aurelia broke apart off Karpathos in a storm, the coast guard of Greece said."
TWELVE = "Rescuers of the coast guard pulled 12 sailors from the wreck of the tanker off Karpathos."
FIFTEEN = "Rescuers of the coast guard pulled 15 sailors from the wreck of the tanker off Karpathos."
PREMIER = "Petra Holm, Prime Minister of Norland, flew to Karpathos to see the wreck of the tanker Aurelia."
SIGNED = "Karin Holm signed the order to leave port."
PRESIDENT = "The tanker Aurelia sailed for Norland, and President Petra Holm said its owners will answer for the wreck."


def press(room: Newsroom, *articles: tuple[str, str]) -> Digest:
    """The digest of two days with these articles, each from a paper of its own."""
    for number, (text, day) in enumerate(articles):
        room.bring((text, day), outlet=f"Paper {number}")
    return room.briefing.digests.compose(Filter(DAY, NEXT))


@pytest.mark.parametrize(
    ("one", "other", "sides"),
    [
        (TWELVE, FIFTEEN, [TWELVE, FIFTEEN]),
        (PREMIER, PRESIDENT, ["Petra Holm, Prime Minister of Norland", "President Petra Holm"]),
        (SIGNED, SIGNED.replace("Karin Holm", "Ole Brandt"), [SIGNED, SIGNED.replace("Karin Holm", "Ole Brandt")]),
    ],
)
def test_sources_of_one_day_that_tell_a_fact_differently_are_both_quoted(
    room: Newsroom, one: str, other: str, sides: Sequence[str]
) -> None:
    first = f"{LEDE} {one} Oil from the tanker Aurelia reached beaches of Karpathos overnight."
    second = f"A storm off Karpathos in Greece sank the tanker Aurelia. {other}"
    made = press(room, (first, DAY), (second, DAY))
    assert len(made.stories) == 1
    assert [(kind, sorted(said)) for kind, said in told(made)] == [("disputed", sorted(sides))]
    assert {each.file for each in cited(made)} == {"000.md", "001.md"}
    assert {each.quote for each in cited(made)} == {one, other}


def test_copies_of_one_origin_are_one_source(room: Newsroom) -> None:
    body = " ".join(f"The crew of {number} kept watch over pump number {number * 7}." for number in range(2, 12))
    made = press(room, (f"{LEDE} {body} {TWELVE}", DAY), (f"{LEDE} {body} {FIFTEEN}", DAY))
    assert [len(story.files) for story in made.stories] == [2]
    assert told(made) == []


def test_what_has_no_date_or_differs_weeks_later_is_not_disputed(room: Newsroom) -> None:
    first = f"{LEDE} {TWELVE} Oil from the tanker Aurelia reached beaches of Karpathos overnight."
    second = f"A storm off Karpathos in Greece sank the tanker Aurelia. {FIFTEEN}"
    room.bring((first, EARLIER), (second, "2024-01-20"))
    assert told(room.briefing.digests.compose(Filter("2024-01-01", "2024-01-31"))) == []
    room.bring((first.replace("overnight", "at noon"), None))
    assert [kind for kind, _ in told(room.briefing.digests.compose(Filter("2024-01-01", None)))] == []


def test_an_article_of_nothing_but_names_and_offices_disputes_nothing(room: Newsroom) -> None:
    people = (
        f"Mayor {a}na {b}erg met President {b}ora {c}und."
        for a in "ABCDEFGH"
        for b in "KLMNOPQR"
        for c in string.ascii_uppercase
    )
    room.bring((f"{LEDE} {' '.join(people)}", DAY))
    assert told(digest(room.briefing)) == []
