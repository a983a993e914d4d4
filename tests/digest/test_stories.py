"""Articles of a window become stories: what belongs together does, and nothing else."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retrieval import tuned
from retrieval.bootstrap import seeds_folder
from retrieval.digest.articles import StoryPiece, find_names
from retrieval.digest.compose import nearness
from retrieval.digest.stories import cluster, count_sources, weigh
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.embedding.local_model import package_folder
from retrieval.nlp.tokens import content_terms
from tests.benchmarks import stories
from tests.fakes import WordVectors

UPDATES = Path(__file__).parents[3] / "shared/eval/timelines_dev/updates.jsonl"
DAY = date(2024, 12, 3)
EMBEDDER = Embedder("words", WordVectors(384))
FERRY = (
    "The ferry Aurelia sank off Karpathos in a storm, and 40 passengers are missing, the Greek coast guard said.",
    "Off Karpathos 12 survivors of the sunken ferry Aurelia were rescued, the coast guard in Greece said.",
    "Why did the Aurelia sink? The Greek ferry had failed an inspection, said survivors brought ashore on Karpathos.",
)
BANK = (
    "The Riksbank cut its interest rate by half a point in Stockholm, and Erik Thedeen said that inflation was beaten.",
    "Sweden's krona fell after the Riksbank's cut: Erik Thedeen said in Stockholm that interest rates would drop.",
)
SINGLES = (
    "Astronomers in Chile photographed a comet that has not been seen since the Bronze Age.",
    "The Louvre is to charge visitors from outside Europe more from January, its director announced.",
    "A beaver dam built overnight has saved the town of Brdy a million crowns.",
    "Manuela Quiroga won the marathon of Valencia in her first race over the distance.",
)


def piece(
    text: str, number: int, day: date | None = DAY, story: int | None = None, outlet: str | None = None
) -> StoryPiece:
    terms, vector = Counter(content_terms(text)), EMBEDDER.documents([text])[0]
    return StoryPiece(number, day, vector, terms, find_names(text), number if story is None else story, outlet)


def day_of_news() -> list[StoryPiece]:
    return [piece(text, number) for number, text in enumerate((*FERRY, *BANK, *SINGLES))]


def made_up(chance: random.Random, words: int) -> str:
    """A text of its own: no word of it stands in another."""
    return " ".join("".join(chance.choices("bcdfgklmnprstvz", k=9)) for _ in range(words))


def test_reports_of_one_matter_are_a_story_and_all_else_stands_alone() -> None:
    assert cluster(day_of_news()) == [[0, 1, 2], [3, 4], [5], [6], [7], [8]]


def test_the_order_of_the_pieces_changes_nothing() -> None:
    pieces = [replace(each, published=day) for each in day_of_news() for day in (DAY, date(2024, 12, 4))]
    pieces = [replace(each, id=number, story=number) for number, each in enumerate(pieces)]
    expected = {frozenset(group) for group in cluster(pieces)}
    for seed in range(5):
        order = random.Random(seed).sample(range(len(pieces)), len(pieces))
        assert {frozenset(order[at] for at in group) for group in cluster([pieces[at] for at in order])} == expected


def test_copies_fold_among_singletons_however_many() -> None:
    chance = random.Random(4)
    texts = [made_up(chance, 60) for _ in range(300)]
    copied = [*texts, *(f"{text} {made_up(chance, 6)}" for text in texts[:60] for _ in range(3))]
    groups = cluster([piece(text, number) for number, text in enumerate(copied)])
    assert Counter(map(len, groups)) == {1: 240, 4: 60}
    assert all(
        group == [number, *range(300 + 3 * number, 303 + 3 * number)] for number, group in enumerate(groups[:60])
    )


def test_words_that_all_articles_have_draw_none_of_them_together() -> None:
    chance = random.Random(3)
    common = "minister government country talks week official report council plan support decision meeting".split()
    texts = [f"{' '.join(chance.sample(common, 9))} {made_up(chance, 30)}" for _ in range(40)]
    assert cluster([piece(text, number) for number, text in enumerate(texts)]) == [[number] for number in range(40)]


def test_one_origin_stays_together_even_where_its_words_do_not() -> None:
    pieces = [piece(FERRY[0], 0, story=7), piece(SINGLES[0], 1, story=7), piece(BANK[0], 2)]
    assert cluster(pieces) == [[0, 1], [2]]


def test_ten_copies_draw_no_stranger_in() -> None:
    copies = [piece(FERRY[0], number, story=0) for number in range(10)]
    assert cluster([*copies, piece(SINGLES[0], 10)]) == [list(range(10)), [10]]


@pytest.mark.parametrize(
    "texts",
    [
        (
            "An earthquake of magnitude 5.2 shook Torv on Tuesday, the survey said. No damage was reported.",
            "An earthquake of magnitude 6.0 shook Marn on Tuesday, the survey said. No damage was reported.",
        ),
        (
            "A coach with pilgrims overturned on a road near Velden and 12 were killed, police said. The driver fled.",
            "A coach with students overturned on a road near Kellin and 19 were killed, police said. The driver fled.",
        ),
        (
            "The central bank of Norway raised its interest rate to 4.5 percent on Thursday, citing inflation.",
            "The central bank of Chile raised its interest rate to 12 percent on Thursday, citing inflation.",
        ),
    ],
)
def test_two_events_of_a_kind_on_one_day_are_two_stories(texts: tuple[str, str]) -> None:
    again = f"In other words: {texts[1]}"
    assert cluster([piece(text, number) for number, text in enumerate((*texts, again))]) == [[0], [1, 2]]


def test_the_same_words_years_apart_are_another_occasion() -> None:
    one, other = piece(FERRY[0], 0), piece(FERRY[1], 1, date(2019, 12, 3))
    assert cluster([one, other]) == [[0], [1]]
    assert cluster([one, replace(other, published=None)]) == [[0, 1]]


def test_a_script_without_capitals_is_clustered_by_its_words() -> None:
    texts = (
        "地震が北海道を襲い多くの家屋が倒壊した",
        "北海道を襲った地震で家屋が倒壊し住民が避難",
        "中央銀行は金利を引き下げると発表した",
    )
    assert cluster([piece(text, number) for number, text in enumerate(texts)]) == [[0, 1], [2]]


def test_nothing_and_next_to_nothing_can_be_clustered() -> None:
    empty = StoryPiece(1, None, np.eye(1, 384, dtype=np.float32)[0], {}, frozenset(), 1, None)
    assert cluster([]) == []
    assert cluster([empty]) == [[0]]
    assert cluster([empty, piece(FERRY[0], 2)]) == [[0], [1]]


def test_more_pieces_than_are_compared_at_once_keep_their_origins_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuned, "STORIES", replace(tuned.STORIES, pieces=3))
    days = [date(2024, 12, day) for day in range(1, 9)]
    pieces = [piece(made_up(random.Random(number), 30), number, day) for number, day in enumerate(days)]
    pieces[7] = replace(pieces[7], story=0)
    assert cluster(pieces) == [[0, 7], [1], [2], [3], [4], [5], [6]]


def test_outlets_that_print_one_origin_are_one_witness() -> None:
    wire = [piece(FERRY[0], number, story=0, outlet=name) for number, name in enumerate(("Post", "Times", "Globe"))]
    own = [piece(FERRY[1], 3, outlet="Post"), piece(FERRY[2], 4, outlet="Echo")]
    assert count_sources(wire) == 1
    assert count_sources([*wire, *own]) == 2, "the Post had the wire first, so that its own report is no further one"
    assert count_sources([replace(each, outlet=None) for each in own]) == 2


def test_witnesses_then_recency_then_size_order_stories() -> None:
    def weight(*told: StoryPiece) -> float:
        return weigh(told, date(2024, 12, 1), date(2024, 12, 7))

    ferry = [piece(text, number, outlet=name) for number, (text, name) in enumerate(zip(FERRY, "ABC", strict=True))]
    alone = piece(BANK[0], 9, outlet="A")
    assert weight(*ferry) > weight(replace(alone, published=date(2024, 12, 5)))
    assert (
        weight(replace(alone, published=date(2024, 12, 5)))
        > weight(alone)
        > weight(replace(alone, published=date(2024, 12, 1)))
    )
    assert weight(alone, replace(alone, id=10, story=10)) > weight(alone)
    assert weight(alone, replace(alone, id=10)) == weight(alone), "a copy adds nothing"
    assert weight(replace(alone, published=date(2024, 12, 7))) > weight(replace(alone, published=None))
    assert weight(replace(alone, published=date(2024, 12, 1))) == pytest.approx(1)
    assert weight(replace(alone, published=date(2024, 12, 7))) == pytest.approx(2), "as three sources instead of one"
    assert weight(replace(alone, published=date(2024, 12, 4))) == weight(replace(alone, published=None))
    for day, as_of in ((date(2024, 11, 1), date(2024, 12, 1)), (date(2025, 1, 9), date(2024, 12, 7))):
        assert weight(replace(alone, published=day)) == weight(replace(alone, published=as_of)), "out of the window"
    assert weigh([alone], DAY, DAY) == pytest.approx(1), "a window of one day"


def test_what_the_team_follows_comes_before_what_four_outlets_tell_and_behind_what_five_do() -> None:
    told = [piece(FERRY[0], number, story=number, outlet=name) for number, name in enumerate("ABCDE")]
    ours = weigh([piece(BANK[0], 9, outlet="A")], DAY, DAY, wanted=True)
    assert weigh(told[:4], DAY, DAY) < ours < weigh(told, DAY, DAY)


def test_a_topic_is_nearest_to_the_story_about_it() -> None:
    topic = EMBEDDER.query("ferry Aurelia")
    ferry, bank = ([piece(text, number) for number, text in enumerate(texts)] for texts in (FERRY, BANK))
    assert nearness(topic, ferry) > nearness(topic, bank)
    assert nearness(topic, ferry) == max(nearness(topic, [each]) for each in ferry)


def test_names_are_capitals_inside_sentences_that_are_not_written_small_elsewhere() -> None:
    text = (
        "NATO Membership Push\nOn Tuesday Mark Rutte spoke of membership in NATO. The push came from Kyiv in December."
    )
    assert find_names(text) == {"mark", "rutt", "nato", "kyiv"}


@pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")
def test_the_seeds_of_one_day_are_a_story_and_the_turn_of_a_year_later_is_none_of_it(models_dir: Path) -> None:
    folder = seeds_folder()
    assert folder is not None
    embedder = open_embedder("minilm", models_dir)
    days = (date(2024, 12, 4), date(2025, 12, 14), DAY, DAY, DAY)
    pieces = []
    for number, (file, day) in enumerate(zip(sorted(folder.glob("*.txt")), days, strict=True)):
        text = file.read_text("utf-8")
        mean = embedder.documents([part for part in text.split("\n\n") if len(part) > 80]).mean(axis=0)
        terms, names = Counter(content_terms(text)), find_names(text)
        pieces.append(StoryPiece(number, day, mean / np.linalg.norm(mean), terms, names, number, None))
    together = next(group for group in cluster(pieces) if 2 in group)
    assert 4 in together
    assert 1 not in together


def test_b_cubed_is_the_mean_share_over_texts() -> None:
    found = stories.score([[0, 1, 2], [3]], ["a", "a", "b", "b"])
    assert found.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert found.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)


@pytest.mark.eval
@pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")
def test_the_first_weeks_of_fourteen_crises_are_told_apart(models_dir: Path, tmp_path: Path) -> None:
    """The first fifty updates of each: all 1,091 take twice as long; `tests.benchmarks.stories` measures them (.71)."""
    if not UPDATES.exists():
        pytest.skip(f"{UPDATES} is not here")
    of_event: Counter[str] = Counter()
    first = tmp_path / "first.jsonl"
    with first.open("w", encoding="utf-8") as lines:
        for line in UPDATES.read_text("utf-8").splitlines():
            event = json.loads(line)["event"]
            of_event[event] += 1
            if of_event[event] <= 50:
                lines.write(f"{line}\n")
    pieces, events = stories.load(first, open_embedder("minilm", models_dir))
    assert len(set(events)) == 14
    assert stories.score(cluster(pieces), events).f1 >= 0.75
    for days in (7, 30, 90):
        assert stories.in_windows(pieces, events, days).f1 >= 0.8
