"""What is read out of a question."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import QuestionError
from retrieval.question.periods import TimeRange
from retrieval.question.understanding import MAX_LENGTH, understand

AS_OF = date(2024, 12, 4)
KNOWN = ("AP", "cnn.com", "usatoday.com", "theweek.co.uk")


def test_a_question_is_read_for_time_source_and_kind_of_answer() -> None:
    query = understand("According to CNN, who resigned in November 2024?", as_of=AS_OF, outlets=KNOWN)
    assert query.text == "According to CNN, who resigned in November 2024?"
    assert query.focus == "who resigned?"
    assert query.published == TimeRange(date(2024, 11, 1), date(2024, 11, 30))
    assert query.outlets == ("cnn.com",)
    assert query.target == "person"


def test_a_plain_question_has_nothing_but_its_words() -> None:
    query = understand("Why did Ukraine's foreign ministry call the agreement a mistake?", as_of=AS_OF)
    assert query.focus == query.text
    assert (query.happened, query.published, query.outlets, query.request) == (None, None, (), None)
    assert (query.tense, query.target) == (None, None)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("  Who \n leads\tNATO?\u00a0", "Who leads NATO?"),
        ("Who\u200b le\u00adads\x00 NATO\u202e?", "Who leads NATO?"),
        ("Who is Zele\u0301n?", "Who is Zelén?"),
        ("Who is\ud800 it?", "Who is it?"),
    ],
)
def test_the_text_is_cleaned(question: str, text: str) -> None:
    assert understand(question, as_of=AS_OF).text == text


def test_the_text_is_bounded() -> None:
    assert len(understand("why " * 100_000, as_of=AS_OF).text) <= MAX_LENGTH


@pytest.mark.parametrize("question", ["", "  \n", "\u200b\x00", "?!", "…"])
def test_a_question_without_words_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="no words"):
        understand(question, as_of=AS_OF)


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("This week, Japan won what?", "Japan won what?"),
        ("Which team won its first title last week?", "Which team won its first title?"),
        ("Who won, according to AP, in 2023?", "Who won?"),
        ("Who spoke at this week’s summit?", "Who spoke summit?"),
        ("What did CNN say about Iran yesterday?", "What about Iran?"),
        ("What did AP report today?", "What did AP report today?"),  # nothing to search for would be left
        ("Which two supermarkets plan to merge in 2030?", "Which two supermarkets plan to merge in 2030?"),
    ],
)
def test_the_focus_is_what_is_left_to_search_for(question: str, focus: str) -> None:
    assert understand(question, as_of=AS_OF, outlets=KNOWN).focus == focus


def test_the_name_of_an_outlet_is_no_day() -> None:
    query = understand("What did USA TODAY say about the trial?", as_of=AS_OF, outlets=KNOWN)
    assert query.outlets == ("usatoday.com",)
    assert query.time is None


@pytest.mark.parametrize(
    ("question", "tense"),
    [
        ("Does Ukraine still insist on joining NATO?", "now"),
        ("What is Kyiv's current stance on joining NATO?", "now"),
        ("What is the latest on the talks?", "now"),
        ("Has Kyiv dropped its condition?", "now"),
        ("Is NATO membership no longer a condition?", "now"),
        ("How has Kyiv's position on NATO changed?", "changed"),
        ("Since when does Rutte lead NATO?", None),
        ("Has Ukraine changed its position?", "changed"),
        ("How did the demands evolve over time?", "changed"),
        ("How has the current stance developed?", "changed"),
        ("Does Ukraine want to join NATO?", "now"),
        ("What does Zelenskyy insist on?", "now"),
        ("Does Zelenskyy believe membership is essential?", "now"),
        ("Has Kyiv moved away from its demand?", "now"),
        ("Has Ukraine made any concessions about NATO membership?", "now"),
        ("Is Ukraine's push for NATO membership over?", "now"),
        ("Is Kyiv open to negotiations?", "now"),
        ("What is the position of Germany on the treaty?", "now"),
        ("Where does Berlin stand on the treaty?", "now"),
        ("What was the position before and after the summit?", "changed"),
        ("Does Zelensky continue to push for entry into NATO?", "now"),
        ("Has Ukraine compromised on NATO?", "now"),
        ("What is the government's policy on the carbon tax?", "now"),
        ("Are the members hesitant about it?", "now"),
        ("Did Zelenskyy change his mind about NATO?", "changed"),
        ("Did Zelenskyy go back on his demand?", "changed"),
        ("When did Ukraine give up its ambitions?", "changed"),
        ("What happened to Ukraine's bid for membership?", "changed"),
        ("What became of Kyiv's ambitions?", "changed"),
        ("Has the loan been approved?", "done"),
        ("Have the crews gone back to work?", "done"),
        ("Have you read it?", None),
        ("Many are still waiting for help. Who was hurt?", None),
        ("Did Ukraine want to join NATO?", None),
        ("Do you support the treaty?", None),
        ("Which nation is the latest to legalise it?", None),
        ("What does climate change cost?", None),
        ("Kanye West, who legally changed his name, bought what?", None),
        ("Who has prevented any more strikes?", None),
        ("What did Rutte say?", None),
    ],
)
def test_the_tense_says_whether_the_newest_or_the_course_counts(question: str, tense: str | None) -> None:
    assert understand(question, as_of=AS_OF).tense == tense


@pytest.mark.parametrize(
    ("question", "answer_type"),
    [
        ("Who is NATO's secretary general?", "person"),
        ("Before the vote, for whom was the funeral held?", "person"),
        ("A star sparked controversy by using whose name?", "person"),
        ("Which former England player was criticised?", "person"),
        ("Which U.S. senator said so?", "person"),
        ("Which of these NFL head coaches was fired?", "person"),
        ("Comments by which cabinet minister have angered India?", "person"),
        ("Truss resigned after how many days in office?", "number"),
        ("Fox News agreed to pay Dominion how much to settle?", "number"),
        ("What percentage of adults are behind on bills?", "number"),
        ("He regained the title of oldest dog. How old is he?", "number"),
        ("What is the exchange rate of the hryvnia?", "number"),
        ("When did the war begin?", "date"),
        ("The coronation will take place on what date?", "date"),
        ("Since when does Rutte lead NATO?", "date"),
        ("What year was the treaty signed?", "date"),
        ("He reclaimed the presidency after holding the role when?", "date"),
        ("Where is the World Cup being held?", "place"),
        ("She became which country’s new prime minister?", "place"),
        ("In which key state did they flip a seat?", "place"),
        ("Which city isn't in the top 10?", "place"),
        ("The house is located where?", "place"),
        ("It was held in the Abbey, but where was she laid to rest?", "place"),
        ("Activists held a sign saying what?", None),
        ("Biden spoke about the pandemic. What did he say?", None),
        ("What did Biden say was a concern for voters?", None),
        ("Which company was bought by the man who owns X?", None),
        ("In the US, where he is wanted, Snowden did what?", None),
        ("When Trump met Rutte, what was agreed?", None),
        ("Iran executed the first prisoner for what?", None),
        ("Actor Jordan, who died, was known for which film?", None),
    ],
)
def test_the_question_word_tells_the_kind_of_answer(question: str, answer_type: str | None) -> None:
    assert understand(question, as_of=AS_OF).target == answer_type


WORDS = st.sampled_from(
    str.split(
        "in on since before between and the last this may March Dec. 3 31 2024 9999 0000 week Tuesday 's , . ? “ AP"
        " CNN according to reported who which country how many what did say January auguſt 2024-02-30 early of"
    )
)


@settings(deadline=None)  # the first of another language loads a model
@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)), st.dates())
def test_no_question_breaks_it(question: str, as_of: date) -> None:
    try:
        query = understand(question, as_of=as_of, outlets=KNOWN)
    except QuestionError:
        return
    assert query.text.isprintable()
    assert query.focus
    assert not (query.happened and query.published)
    if query.time:
        assert query.time.since or query.time.until
        assert not (query.time.since and query.time.until) or query.time.since <= query.time.until


def test_a_time_is_one_of_events_or_one_of_publication() -> None:
    happened = understand("Did the leaders meet in July 2024?", as_of=AS_OF)
    assert (happened.happened, happened.published) == (TimeRange(date(2024, 7, 1), date(2024, 7, 31)), None)
    published = understand("What did CNN say about the vote in July 2024?", as_of=AS_OF, outlets=KNOWN)
    assert (published.happened, published.published) == (None, TimeRange(date(2024, 7, 1), date(2024, 7, 31)))


def test_where_somebody_stands_today_asks_about_now_and_not_for_the_news_of_the_day() -> None:
    query = understand("Where does Kyiv stand on membership today?", as_of=AS_OF)
    assert (query.time, query.tense, query.focus) == (None, "now", "Where does Kyiv stand on membership?")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("¿Cuánta agua se entregó en 2020?", ()),
        ("¿Quién preside el Gobierno de Costamar?", ("Gobierno de Costamar",)),
        ("¿Es Noruega miembro de la OTAN?", ("Noruega", "OTAN")),
        ("Quelle est la position de Loubénie ?", ("Loubénie",)),
        ("Combien d'élèves ont échoué ?", ()),
        ("Norway's fund owns how much?", ("Norway",)),
    ],
)
def test_the_word_that_asks_is_no_name(question: str, names: tuple[str, ...]) -> None:
    assert understand(question, as_of=AS_OF).asked_names == names


@pytest.mark.parametrize(
    "question",
    [
        "Can companies apply for permits today?",
        "Who is the seabed commissioner today?",
        "How many members does NATO have today?",
        "Kann man heute einen Antrag stellen?",
    ],
)
def test_how_things_are_today_is_no_question_about_the_day(question: str) -> None:
    query = understand(question, as_of=AS_OF)
    assert (query.time, query.tense) == (None, "now")


@pytest.mark.parametrize("question", ["What did the court decide today?", "Was hat das Gericht heute entschieden?"])
def test_what_happened_today_is_one(question: str) -> None:
    query = understand(question, as_of=AS_OF)
    assert query.time == TimeRange(AS_OF, AS_OF, relative=True)
    assert query.tense is None


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("Wer gewann die Wahl?", "person"),
        ("Wann wurde der Vertrag unterzeichnet?", "date"),
        ("Wie hoch war die Strafe?", "number"),
        ("Welches Land hat unterschrieben?", "place"),
        ("Was sagte der Minister?", None),
        ("Qui a gagné ?", "person"),
        ("Combien de soldats ?", "number"),
        ("En quelle année le traité a-t-il été signé ?", "date"),
        ("¿Cuándo se firmó el tratado?", "date"),
        ("¿Dónde se reunieron?", "place"),
        ("¿Qué ciudad ganó?", "place"),
    ],
)
def test_the_kind_of_answer_is_told_in_other_languages(question: str, target: str | None) -> None:
    assert understand(question, as_of=AS_OF).target == target


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("How do the US and German positions on NATO differ?", ("US", "German")),
        ("What are the positions of France and Germany?", ("France", "Germany")),
        ("What is the difference between Rutte's and Zelensky's view?", ("Rutte", "Zelensky")),
        ("Wie unterscheiden sich die Positionen von Deutschland und Frankreich?", ("Deutschland", "Frankreich")),
        ("¿En qué se diferencian las posiciones de Valdoria y Costamar?", ("Valdoria", "Costamar")),
        ("Did Biden and Xi meet?", ()),
        ("What are the positions of the parties?", ()),
    ],
)
def test_what_a_comparison_sets_side_by_side_is_read_from_it(question: str, sides: tuple[str, ...]) -> None:
    assert understand(question, as_of=AS_OF).sides == sides


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("How has the government's position on the exam changed?", {"exam"}),
        ("Wie viele Firmen sind am Bau der Rakete beteiligt?", {"firmen", "bau", "raket", "beteiligt"}),
        ("What changed?", {"chang"}),  # nothing else is left
    ],
)
def test_the_content_of_a_question_has_no_words_that_only_ask(question: str, content: set[str]) -> None:
    assert understand(question, as_of=AS_OF).content == content


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many submarines does the navy have?", {"submarin"}),
        ("How much foreign debt is there?", {"foreign", "debt"}),
        ("Wie viele Krankenhäuser gibt es?", {"krankenhaus"}),
        ("Combien d'habitants y a-t-il ?", {"habit"}),
        ("¿Cuántos habitantes tiene Valdoria?", {"habit"}),
        ("What is the unemployment rate in Norda?", {"unemploy"}),
        ("What happened to rates in 2011?", set()),
        ("How far is it?", set()),
        ("Who pays?", set()),
    ],
)
def test_what_is_to_be_counted(question: str, counted: set[str]) -> None:
    read = understand(question, as_of=date(2026, 5, 1)).counted
    assert len(read) == len(counted)
    assert all(any(term.startswith(each[:5]) for term in read) for each in counted)


@pytest.mark.parametrize(
    ("question", "actor"),
    [
        ("What do Norland and Rarotia still want?", "Norland"),
        ("Do Norlanders still want to join the union?", "Norlanders"),
        ("What is still wanted in Norland?", ""),
    ],
)
def test_whose_position_is_asked_for_is_the_first_name_that_is_not_beside(question: str, actor: str) -> None:
    assert understand(question, as_of=AS_OF).actor == actor


def test_what_happened_to_something_is_about_it() -> None:
    request = understand("What happened to the toll in March 2024?", as_of=AS_OF).request
    assert request is not None
    assert request.topic == "toll"
