"""Which question a follow-up stands for, and which questions are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.domain.answers import Turn
from retrieval.question.followup import standalone
from retrieval.question.target import answer_type

PIPELINE = ("What did France say about the pipeline?", "France called the pipeline too costly [1].")
AID = ("Why did Hungary block the aid package?", "Hungary said that the money was misused [1].")
GHANA = ("Who won the election in Ghana?", "John Mahama won with 56% of the vote [1].")
ALLIANCE = "Does Kenya still insist on joining the Pact?", "As of 14 Dec 2025: President Ada Berg gave it up."
RUTTE = ("What did Rutte say about NATO membership?", "Rutte called it irreversible [1].")


def turn(asked: str, answer: str = "", understood: str | None = None) -> Turn:
    return Turn(asked, understood or asked, answer)


def understood(followup: str, *earlier: tuple[str, str]) -> str:
    return standalone(followup, [turn(*each) for each in earlier])


@pytest.mark.parametrize(
    ("followup", "question"),
    [
        ("and what about Germany?", "What did Germany say about the pipeline?"),
        ("What about Germany?", "What did Germany say about the pipeline?"),
        ("And Germany?", "What did Germany say about the pipeline?"),
        ("and germany", "What did Germany say about the pipeline?"),
        ("Germany?", "What did Germany say about the pipeline?"),
        ("And Rutte?", "What did Rutte say about the pipeline?"),
        ("and the EU?", "What did the EU say about the pipeline?"),
        ("And Italy and Spain?", "What did Italy and Spain say about the pipeline?"),
        ("What did Germany say?", "What did Germany say about the pipeline?"),
        ("how about in 2025?", "What did France say about the pipeline in 2025?"),
        ("And yesterday?", "What did France say about the pipeline yesterday?"),
        ("And Germany in 2025?", "What did Germany say about the pipeline in 2025?"),
    ],
)
def test_what_is_named_takes_the_place_of_its_like(followup: str, question: str) -> None:
    assert understood(followup, PIPELINE) == question


@pytest.mark.parametrize(
    ("asked", "followup", "question"),
    [
        ("How many crossed the Channel in 2023?", "and in 2024?", "How many crossed the Channel in 2024?"),
        ("Which vaccines were approved last year?", "And this year?", "Which vaccines were approved this year?"),
        ("Who won the election in Ghana?", "And Kenya?", "Who won the election in Kenya?"),
        ("Why are gas prices rising in Europe?", "and in Asia?", "Why are gas prices rising in Asia?"),
        ("What is France's position on tariffs?", "And Austria's?", "What is Austria's position on tariffs?"),
        ("What is the French position on tariffs?", "And Sweden?", "What is Sweden’s position on tariffs?"),
        ("When does the AI Act apply?", "And Germany?", "When does the AI Act apply in Germany?"),
        ("What do economists expect from the Fed?", "And the ECB?", "What do economists expect from the ECB?"),
    ],
)
def test_like_is_a_place_for_a_place_and_a_time_for_a_time(asked: str, followup: str, question: str) -> None:
    assert understood(followup, (asked, "")) == question


@pytest.mark.parametrize(
    ("earlier", "followup", "question"),
    [
        (PIPELINE, "Does Germany support it?", "Does Germany support the pipeline?"),
        (RUTTE, "What did he say about Russia?", "What did Rutte say about Russia?"),
        (RUTTE, "His reaction?", "Rutte’s reaction?"),
        (GHANA, "What did he promise?", "What did John Mahama promise?"),
        (GHANA, "How old is he?", "How old is John Mahama?"),
        (ALLIANCE, "What did he say exactly?", "What did Ada Berg say exactly?"),
        (ALLIANCE, "Is she right?", "Is Ada Berg right?"),
        (RUTTE, "When did he say that?", f"{RUTTE[0]} When did Rutte say that?"),
        (("Is Velden safe?", "As of 14 Dec 2025: Velden is safe."), "Who is she?", "Is Velden safe? Who is she?"),
    ],
)
def test_a_pronoun_gives_way_to_the_name_it_stands_for(earlier: tuple[str, str], followup: str, question: str) -> None:
    assert understood(followup, earlier) == question


def test_without_an_answer_nobody_is_meant_but_whom_the_question_names() -> None:
    assert understood("How old is he?", (GHANA[0], "")) == f"{GHANA[0]} How old is he?"


@pytest.mark.parametrize(
    ("earlier", "followup", "question"),
    [
        (
            ("What happened in the Senate in March 2025?", ""),
            "And in July?",
            "What happened in the Senate in July 2025?",
        ),
        (("Who won the vote on 3 May 2024?", ""), "And on 10 May?", "Who won the vote on 10 May 2024?"),
        (("What did the Fed decide in 2024?", ""), "And this week?", "What did the Fed decide this week?"),
        (
            ("What did Schumer say about the budget in March 2025?", ""),
            "And what did Pelosi say about it?",
            "And what did Pelosi say about the budget?",
        ),
        (
            ("What is Kyiv's position on NATO?", "It gave up its bid in Dec and Paris welcomed that."),
            "What did he say exactly?",
            "What is Kyiv's position on NATO? What did he say exactly?",
        ),
        (
            ("What is Kyiv's position on NATO?", "President Volodymyr Zelenskyy offered to drop the bid."),
            "What did he say exactly?",
            "What did Volodymyr Zelenskyy say exactly?",
        ),
        (
            ("What is the annual limit of the new savings account?", ""),
            "And when can people start paying in?",
            "What is the annual limit of the new savings account? And when can people start paying in?",
        ),
        (
            ("Wie viele Anträge gab es in Deutschland?", ""),
            "Und in Frankreich?",
            "Wie viele Anträge gab es in Frankreich?",
        ),
        (("Was sagte Deutschland zur Pipeline?", ""), "Und Frankreich?", "Was sagte Frankreich zur Pipeline?"),
        (
            ("Wie viele Anträge gab es im März 2024?", ""),
            "Und im Juli?",
            "Wie viele Anträge gab es im Juli 2024?",
        ),
        (
            ("Wie oft flog die Ministerin mit dem Hubschrauber?", ""),
            "Und was kostete das?",
            "Wie oft flog die Ministerin mit dem Hubschrauber? Und was kostete das?",
        ),
        (
            ("Combien de demandes y a-t-il eu en Espagne ?", ""),
            "Et en France ?",
            "Combien de demandes y a-t-il eu en France ?",
        ),
        (("¿Cuántas solicitudes hubo en España?", ""), "¿Y en Francia?", "¿Cuántas solicitudes hubo en Francia?"),
    ],
)
def test_times_topics_and_names_carry_over_in_the_language_of_the_conversation(
    earlier: tuple[str, str], followup: str, question: str
) -> None:
    assert understood(followup, earlier) == question


@pytest.mark.parametrize(
    "followup",
    [
        *("Why?", "When?", "Who?", "How many?", "Really?", "Since when?", "And before that?", "More?", "Any newer?"),
        *("When was that?", "Who said so?", "Is it still true?", "How will it work?", "Who voted against?"),
        *(
            "What does that mean for farmers?",
            "Why did they drop it?",
            "According to AP?",
            "How did Russia react?",
            "And the refinery?",
            "Who paid for the package?",
        ),
    ],
)
def test_what_is_too_short_to_stand_alone_follows_the_question_it_belongs_to(followup: str) -> None:
    assert understood(followup, AID) == f"{AID[0]} {followup}"


def test_the_kind_of_answer_is_the_one_that_is_asked_for_last() -> None:
    assert answer_type(understood("When?", GHANA)) == "date"
    assert answer_type(understood("how many voted?", GHANA)) == "number"


@pytest.mark.parametrize(
    "question",
    [
        "What is the unemployment rate in Spain?",
        "Who is Mark Rutte?",
        "What is inflation?",
        "Who won the  election in Ghana?",
        "What did Rutte say about his plan?",
        "Why did Germany say that it would leave?",
        "How many countries changed their laws?",
        "Is it raining in Berlin?",
        "Is it said that the cuts are permanent?",
        "What did the Senate decide this week?",
        *("thanks!", "ok", "Thanks a lot", "hello", "okay, great", "???", "👍", ""),
        *("Und Deutschland?", "Warum?", "Was hat er gesagt?", "¿Y Alemania?", "Что сказала Германия?", "德国呢？"),
        *("asdf qwer", "xkcd?", "NATO membership is a condition", "It was Germany."),
    ],
)
def test_a_question_that_stands_alone_and_what_is_none_stay_as_they_are(question: str) -> None:
    assert understood(question, PIPELINE) == question


def test_with_nothing_asked_before_a_question_stays_as_it_is() -> None:
    assert understood("And Germany?") == "And Germany?"
    assert understood("And Germany?", ("hello", "")) == "And Germany?"


def test_thanks_in_between_do_not_hide_the_question() -> None:
    assert understood("And Germany?", PIPELINE, ("thanks!", "")) == "What did Germany say about the pipeline?"


def test_what_was_understood_is_carried_on_not_what_was_asked() -> None:
    turns = [turn(*PIPELINE)]
    for followup, question in (
        ("and Germany?", "What did Germany say about the pipeline?"),
        ("and Italy?", "What did Italy say about the pipeline?"),
        ("in 2024?", "What did Italy say about the pipeline in 2024?"),
        ("Why?", "What did Italy say about the pipeline in 2024? Why?"),
        ("and in 2025?", "What did Italy say about the pipeline in 2025?"),
        ("Why did they drop it?", "What did Italy say about the pipeline in 2025? Why did they drop it?"),
    ):
        made = standalone(followup, turns)
        assert made == question
        turns.append(turn(followup, "", made))


def test_only_the_last_six_turns_count() -> None:
    assert understood("And Germany?", PIPELINE, *[("ok", "")] * 6) == "And Germany?"


def test_a_long_question_is_shortened_to_carry_it() -> None:
    made = understood("Why?", ("What did France say about " + "the pipeline and " * 30 + "the port?", ""))
    assert made.startswith("What did France say about the pipeline")
    assert made.endswith("Why?")
    assert len(made) <= 300


WORDS = st.sampled_from(
    str.split(
        "and what about Germany the US he it they his their say did does is that this why when in 2025 last year AP"
        " according to EU Rutte pipeline ? . , 's more before AI Act French thanks I 德国 über"
    )
)
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=20).map(" ".join))


@settings(deadline=None)  # the first of another language loads a model
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_no_conversation_breaks_it(question: str, earlier: list[tuple[str, str]]) -> None:
    made = understood(question, *earlier)
    assert made == question or (made and len(made) <= 300)
