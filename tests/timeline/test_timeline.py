"""What was said about a topic, day by day, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.bootstrap import open_briefing
from retrieval.domain.answers import Timeline
from retrieval.domain.articles import Filter
from retrieval.nlp.actors import actor, people
from retrieval.nlp.entities import same_entity
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.fakes import WordVectors, open_with
from tests.growth import LINEAR, growth

TOPIC = "Harbour toll"
Traces = Callable[..., Timeline]


@pytest.fixture
def trace(tmp_path: Path) -> Traces:
    """The timeline of articles, each with its day, or None for undated."""

    def traced(articles: list[tuple[str | None, str]], only: Filter = Filter(), who: str | None = None) -> Timeline:  # noqa: B008
        folder = tmp_path / "articles"
        folder.mkdir()
        for number, (day, text) in enumerate(articles):
            dated = f"published: {day}\n" if day else ""
            (folder / f"{number}.md").write_text(f"---\ntitle: Report {number}\n{dated}---\n\n{text}\n", "utf-8")
        with open_with(tmp_path, WordVectors(256)) as briefing:
            briefing.articles.ingest([folder])
            return _checked(briefing, briefing.timelines.trace(TOPIC, only, who))

    return traced


def _checked(briefing: Briefing, made: Timeline) -> Timeline:
    for entry in made.entries:
        text = briefing.articles.show(entry.citation.file)[1]
        assert text[entry.citation.start : entry.citation.end] == entry.citation.quote
        assert entry.date == (entry.citation.published or "")[:10]
    return made


INSISTS = ("2024-01-10", "Anna Berg insisted on Tuesday that the harbour toll must stay for the city.")
AGAIN = ("2024-03-01", "Berg insisted again that the harbour toll must stay for the city and its people.")
DROPS = ("2024-06-20", "Berg abandoned the harbour toll on Friday and gave up a year of plans.")
RIVAL = ("2024-02-02", "Carl Lund said the harbour toll harms the fishermen of the coast.")


def test_entries_come_by_day_whatever_order_the_articles_came_in(trace: Traces) -> None:
    made = trace([DROPS, RIVAL, INSISTS])
    assert [entry.date for entry in made.entries] == ["2024-01-10", "2024-02-02", "2024-06-20"]


def test_who_says_the_same_and_who_gives_up_is_told_for_each_actor(trace: Traces) -> None:
    made = trace([INSISTS, RIVAL, AGAIN, DROPS])
    told = [(entry.actor, entry.change) for entry in made.entries]
    assert told == [
        ("Anna Berg", "first"),
        ("Carl Lund", "first"),
        ("Anna Berg", "same"),
        ("Anna Berg", "changed"),
    ]


def test_undated_articles_and_other_topics_are_left_out(trace: Traces) -> None:
    other = ("2024-04-04", "Carl Lund opened a library in the old town with a speech about novels.")
    undated = (None, "Carl Lund said the harbour toll is a scandal for the whole country.")
    assert {entry.date for entry in trace([INSISTS, undated, other]).entries} == {"2024-01-10"}


def test_an_actor_and_days_narrow_it(trace: Traces) -> None:
    made = trace([INSISTS, RIVAL, AGAIN, DROPS], Filter(since="2024-02-01", until="2024-05-01"), "Anna Berg")
    assert [(entry.actor, entry.date) for entry in made.entries] == [("Berg", "2024-03-01")]


def test_who_speaks_for_a_country_or_a_body_belongs_to_what_is_asked_of_it(trace: Traces) -> None:
    told = [
        ("2024-01-10", "Norland insisted on Tuesday that the harbour toll must stay for the city."),
        (
            "2024-06-20",
            "Norland's President Anna Berg abandoned the harbour toll on Friday and gave up a year of plans.",
        ),
        ("2024-07-01", "Port Council Chair Carl Lund said the harbour toll harms the fishermen of the coast."),
    ]
    assert [entry.actor for entry in trace(told, who="Norland").entries] == ["Norland", "Anna Berg"]


def test_the_head_of_a_body_belongs_to_what_is_asked_of_it(trace: Traces) -> None:
    told = [
        (
            "2024-06-20",
            "Norland's President Anna Berg abandoned the harbour toll on Friday and gave up a year of plans.",
        ),
        ("2024-07-01", "Port Council Chair Carl Lund said the harbour toll harms the fishermen of the coast."),
    ]
    assert [entry.actor for entry in trace(told, who="Port Council").entries] == ["Carl Lund"]


@pytest.mark.parametrize(
    "text",
    [
        "Federal prosecutors said the harbour toll harms the fishermen of the coast.",
        "Various towns have rejected the harbour toll in a letter.",
        "Little Rock: Ferry workers asked a judge to drop the harbour toll on Friday.",
        "St. Louis: A judge ruled on Friday that the harbour toll must stay for the city.",
        "Thousands of Norlanders have rejected the harbour toll in a letter to the city.",
        "Democratic lawmakers have rejected the harbour toll in a letter.",
        "The Norland Food and Fish Board rejected the harbour toll in a letter.",
    ],
)
def test_a_capital_at_the_head_of_a_sentence_makes_nobody_of_a_word(trace: Traces, text: str) -> None:
    assert [entry.actor for entry in trace([("2024-05-05", text)]).entries] == [None]


def test_a_body_of_a_state_is_one_with_and_without_the_state_and_in_short(trace: Traces) -> None:
    told = [
        ("2022-01-10", "The Federal Reserve announced on Tuesday that it backs the harbour toll."),
        ("2022-02-10", "The US Federal Reserve said the harbour toll harms the fishermen of the coast."),
        ("2022-03-10", "The Fed said ships will pay for the harbour toll in spring."),
    ]
    assert {entry.actor for entry in trace(told).entries} == {"Federal Reserve"}


def test_undated_articles_are_counted(trace: Traces) -> None:
    undated = (None, "Carl Lund said the harbour toll is a scandal for the whole country.")
    assert trace([INSISTS, undated]).undated == 1


def test_an_undated_article_of_another_topic_is_not_counted(trace: Traces) -> None:
    other = (None, "Carl Lund opened a library in the old town with a speech about novels.")
    assert trace([INSISTS, other]).undated == 0


def test_a_position_taken_twice_on_one_day_has_not_changed(trace: Traces) -> None:
    evening = (INSISTS[0], DROPS[1])
    assert [entry.change for entry in trace([INSISTS, evening]).entries if entry.change == "changed"] == []


def test_what_was_given_up_already_is_not_given_up_again(trace: Traces) -> None:
    tells = ("2024-03-01", "The city is shelving the harbour toll of the old town, a newspaper wrote.")
    again = ("2024-06-20", "Shipping agents heard that the harbour toll is to be scrapped by the city in spring.")
    assert "changed" not in {entry.change for entry in trace([tells, again]).entries}


def test_what_one_denies_to_give_up_has_not_changed(trace: Traces) -> None:
    stays = ("2024-06-20", "Berg has not abandoned the harbour toll, and never gave it up.")
    assert "changed" not in {entry.change for entry in trace([INSISTS, stays]).entries}


def test_two_men_of_one_surname_are_two(trace: Traces) -> None:
    other = ("2024-06-20", "Olaf Berg abandoned the harbour toll on Friday and gave up a year of plans.")
    assert [entry.change for entry in trace([INSISTS, other]).entries] == ["first", "first"]


def test_what_several_articles_print_in_the_same_words_is_told_on_its_first_day(trace: Traces) -> None:
    again = ("2024-03-05", f"{INSISTS[1]} The fishermen heard it in silence.")
    assert [entry.date for entry in trace([again, INSISTS]).entries] == ["2024-01-10"]


def test_a_denial_in_the_same_words_is_an_entry_of_its_own(trace: Traces) -> None:
    held = ("2024-02-01", "Jane Miller has supported the harbour toll of the city.")
    denied = ("2024-06-01", "Jane Miller has not supported the harbour toll of the city.")
    assert [entry.date for entry in trace([held, denied]).entries] == ["2024-02-01", "2024-06-01"]


@pytest.mark.parametrize(
    "text",
    [
        "Anna Berg met Carl Lund in the old town. He rejected the harbour toll in a letter.",
        "They rejected the harbour toll in a letter.",
    ],
)
def test_what_nobody_can_read_alone_is_left_out(trace: Traces, text: str) -> None:
    assert trace([("2024-05-05", text)]).entries == ()


def _unlike(number: int) -> str:
    """Words that no other article has: much the same would be one story."""
    return " ".join(f"{start}{chr(97 + number // 26)}{chr(97 + number % 26)}" for start in ("kel", "mor", "tam", "rud"))


def test_too_many_statements_leave_the_newest_and_the_oldest_in(trace: Traces) -> None:
    told = "told the fishermen of the northern coast some old stories about ships and the harbour toll."
    edges = [("2020-01-10", f"Ada Smith {told}"), ("2024-12-10", f"Eva Jones {told}")]
    crowd = [
        (f"2023-{month:02}-{day:02}", f"Anna Berg insisted on the harbour toll {_unlike(month * 31 + day)}.")
        for month in (6, 7)
        for day in range(1, 26)
    ]
    made = trace([*edges, *crowd])
    assert len(made.entries) == 40
    assert made.found > 40
    assert (made.entries[0].actor, made.entries[-1].actor) == ("Ada Smith", "Eva Jones")


def test_a_topic_nobody_tells_of_has_no_entries(trace: Traces) -> None:
    assert trace([("2024-04-04", "Carl Lund opened a library in the old town.")]).entries == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“The front lines are moving westward,” Rutte noted.", "Rutte"),
        ("“The front lines are moving westward,” said Rutte.", "Rutte"),
        ("Security Guarantees: Trump might support them.", "Trump"),
        ("In Brussels, Ukraine’s ministers met.", "Ukraine"),
        ("The Ukrainian Foreign Ministry released a statement.", "Ukrainian Foreign Ministry"),
        ("Ukrainian leaders conveyed their stance.", "Ukrainian leaders"),
        ("New York Attorney General Letitia James accused the company.", "Letitia James"),
        ("BP's Tony Hayward is accused of stonewalling.", "Tony Hayward"),
        ("After Theresa May resigned, it took a summer.", "Theresa May"),
        ("Mayor Bill de Blasio said it ends.", "Bill de Blasio"),
        ("Biden Tuesday rejected it.", "Biden"),
        ("Kirby, who speaks, said the presence of Iranian personnel was evidence.", "Kirby"),
        ("Since Musk's Twitter takeover, firms have left.", None),
        ("Truss’ first week was hard.", None),
        ("The lawsuit, which names Donald Trump Jr., Ivanka Trump and others, goes on.", None),
        ("The primary step is to ensure that Ukraine is strong.", None),
        ("He argues that Ukraine needs to abandon its plans.", None),
        ("On Tuesday the talks ended.", None),
    ],
)
def test_who_acts_is_named_without_title_and_not_by_place_owner_or_pronoun(text: str, name: str | None) -> None:
    assert actor(text) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Rutte", "Mark Rutte", True),
        ("Rutte", "Mark Lund", False),
        ("Zelensky", "Volodymyr Zelenskyy", True),
        ("Zelenskiy", "Zelensky", True),
        ("Kyiv", "Ukraine", True),
        ("Ukrainian leaders", "Ukraine", True),
        ("Donald Trump", "Eric Trump", False),
        ("Niger", "Nigeria", False),
        ("Martin", "Martinez", False),
        ("North Korea", "South Korea", False),
        ("Fed", "US Federal Reserve", True),
        ("US Supreme Court", "Supreme Court", True),
        ("Bank of America", "America", False),
    ],
)
def test_names_are_of_one_where_that_is_sure(one: str, other: str, same: bool) -> None:
    assert same_entity(one, other) is same and same_entity(other, one) is same


@pytest.mark.parametrize(
    "text", ["A’" * 3_000, "Aa " * 3_000, "Aa, " * 3_000, "said " * 3_000, "(" * 3_000, "the " * 3_000]
)
def test_a_hostile_sentence_is_read_in_time_by_its_length(text: str) -> None:
    assert growth(lambda size: (actor(text[:size]), people(text[:size])), len(text) // 4) < LINEAR


def test_an_article_about_the_topic_in_other_words_has_its_say(tmp_path: Path) -> None:
    told = {
        "a": ("2011-01-28", "Protesters filled Tahrir Square in Cairo and called on President Mubarak to step down."),
        "b": ("2011-02-11", "Egyptian President Mubarak resigned and handed power in Egypt to the army."),
        "c": ("2011-02-12", "The bakers of Cairo announced a festival of sweet pastries for the summer."),
    }
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, (day, text) in told.items():
        (folder / f"{name}.md").write_text(f"---\ntitle: Report {name}\npublished: {day}\n---\n\n{text}\n", "utf-8")
    with open_briefing(Settings(data_dir=tmp_path / "data")) as briefing:
        briefing.articles.ingest([folder])
        made = briefing.timelines.trace("uprising in Egypt", Filter())
    assert [entry.citation.file for entry in made.entries] == ["a.md", "b.md"]


def test_the_newest_turn_on_the_topic_changes_what_was_told_before_in_any_words(trace: Traces) -> None:
    fine = ("2024-02-01", "The harbour toll brings in nine million a year and feeds the city.")
    made = trace([fine, ("2024-06-20", "The council scrapped the harbour toll on Friday after a night of talks.")])
    assert [entry.change for entry in made.entries] == [None, "changed"]
