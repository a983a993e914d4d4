"""Which known outlets a name means, and which a question takes as its source."""

from __future__ import annotations

import pytest

from retrieval.errors import QuestionError
from retrieval.question.outlets import find_attributions, resolve_outlets

KNOWN = (
    "AP",
    "apnews.com",
    "bbc.co.uk",
    "cnn.com",
    "Fox News",
    "news.sky.com",
    "nytimes.com",
    "People",
    "Radio Liberty",
    "Reuters",
    "The Guardian",
    "theweek.co.uk",
    "thetimes.co.uk",
    "Time",
    "usatoday.com",
)


def sources(question: str, known: tuple[str, ...] = KNOWN) -> list[str]:
    return [name for names, _ in find_attributions(question, known) for name in names]


@pytest.mark.parametrize(
    ("name", "outlets"),
    [
        ("AP", ("AP", "apnews.com")),
        ("the associated press", ("AP", "apnews.com")),
        ("BBC News", ("bbc.co.uk",)),
        ("NYT", ("nytimes.com",)),
        ("The New York Times", ("nytimes.com",)),
        ("https://www.cnn.com/world", ("cnn.com",)),
        ("guardian", ("The Guardian",)),
        ("The Week", ("theweek.co.uk",)),
        ("RFE/RL", ("Radio Liberty",)),
        ("USA Today", ("usatoday.com",)),
        ("Sky News", ("news.sky.com",)),
    ],
)
def test_a_name_means_every_spelling_of_the_outlet(name: str, outlets: tuple[str, ...]) -> None:
    assert resolve_outlets([name], KNOWN) == outlets


def test_several_names_are_resolved_once_each() -> None:
    assert resolve_outlets(["Reuters", "reuters.com", "CNN"], KNOWN) == ("Reuters", "cnn.com")
    assert resolve_outlets([], KNOWN) == ()


def test_an_unknown_name_is_refused_with_the_closest() -> None:
    with pytest.raises(QuestionError, match='"Retuers": did you mean Reuters'):
        resolve_outlets(["Reuters", "Retuers"], KNOWN)


def test_an_unknown_name_like_no_other_is_refused_with_a_few() -> None:
    with pytest.raises(QuestionError, match=r"there are AP, Fox News.* and others"):
        resolve_outlets(["Xyzzy"], KNOWN)
    with pytest.raises(QuestionError, match="none of the articles names its outlet"):
        resolve_outlets(["CNN"], ())


@pytest.mark.parametrize("name", ["Iran", "UK", "of", "", "…"])
def test_places_and_nothing_mean_no_outlet(name: str) -> None:
    with pytest.raises(QuestionError):
        resolve_outlets([name], ["Iran News", "UK News", "CNN"])


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("According to AP, what did Rutte say?", ["AP", "apnews.com"]),
        ("Who won, according to the New York Times?", ["nytimes.com"]),
        ("According to AP and Reuters, who leads NATO?", ["AP", "apnews.com", "Reuters"]),
        ("As reported by Reuters, who left?", ["Reuters"]),
        ("AP reported which country's decision?", ["AP", "apnews.com"]),
        ("What was in the Guardian about NATO?", ["The Guardian"]),
        ("In the Guardian, what did Rutte say?", ["The Guardian"]),
        ("What does CNN's report say about Iran?", ["cnn.com"]),
        ("What did CNN say about Iran?", ["cnn.com"]),
        ("what did cnn say about iran?", ["cnn.com"]),
        ("What has the BBC reported?", ["bbc.co.uk"]),
        ("What is the news on NATO from USA TODAY?", ["usatoday.com"]),
        ("What do reports from Radio Liberty suggest?", ["Radio Liberty"]),
        ("What happened, via apnews.com?", ["AP", "apnews.com"]),
        ("As reported in The Week, who resigned?", ["theweek.co.uk"]),
    ],
)
def test_a_source_is_found(question: str, outlets: list[str]) -> None:
    assert sources(question) == outlets


@pytest.mark.parametrize(
    "question",
    [
        "Fox News agreed to pay Dominion how much?",
        "Fox News said it would pay how much?",
        "Who bought CNN?",
        "Why is the BBC cutting jobs?",
        "Who was fired from CNN?",
        "Who said she was fired from CNN?",
        "What did Rutte tell CNN?",
        "Which shares in Reuters fell?",
        "According to CNN President Jeff Zucker, who left?",
        "According to the Times of Israel, who resigned?",
        "The Moscow Times reported what?",
        "According to experts, what comes next?",
        "What do officials say, according to people familiar with the talks?",
        "Did the report come in time?",
        "",
    ],
)
def test_an_outlet_that_is_the_subject_or_another_word_is_no_source(question: str) -> None:
    assert sources(question) == []


def test_without_known_outlets_there_is_no_source() -> None:
    assert sources("According to AP, what did Rutte say?", ()) == []
    assert sources("According to AP, what did Rutte say?", ("cnn.com",)) == []
