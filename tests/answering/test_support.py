"""Claims checked against the articles: what they support, contradict, or say nothing of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import pytest

from retrieval.answering.verification import judge
from retrieval.bootstrap import open_briefing
from retrieval.domain.answers import Verdict
from retrieval.domain.articles import Article, Filter, Hit, Metadata, Passage, Searched
from retrieval.embedding.base import Embedder
from retrieval.nlp.tokens import content_terms
from retrieval.search.hybrid import Found
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.fakes import WordVectors

EMBEDDER = Embedder("words", WordVectors(256))

Check = Callable[[str], Verdict]


@pytest.fixture(scope="module")
def briefing(seeds_dir: str) -> Iterator[Briefing]:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as opened:
        yield opened


@pytest.fixture(scope="module")
def check(briefing: Briefing) -> Check:
    """The verdict of the five seeds on a claim, with the real embedder."""
    return lambda claim: briefing.verification.verify(claim, Filter())


def against(claim: str, *texts: str, days: Sequence[str | None] = ()) -> Verdict:
    """The verdict of these passages, each of an article of its own, with vectors that only know words.

    `days` are those of their publication.
    """
    dated = list(zip_longest(texts, days))
    hits = tuple(Hit(_passage(number, *each), 0.8 - number / 100) for number, each in enumerate(dated))
    weights = dict.fromkeys(content_terms(claim), 1.0)
    found = Found(hits, Searched(len(texts), None), len(texts), Filter(), EMBEDDER.query(claim), weights, {})
    return judge(claim, found, EMBEDDER.documents)


def _passage(number: int, text: str, day: str | None) -> Passage:
    known = Metadata(title="A headline", published=day)
    article = Article(number, f"{number}.txt", known, number, f"key{number}")
    return Passage(number, article, 100, 100 + len(text), 7, text)


@pytest.mark.parametrize(
    "claim",
    [
        "Ukraine is a member of NATO.",
        "Zelenskyy is the president of Russia.",
        "Mark Rutte is the president of Ukraine.",
        "Donald Trump is the NATO secretary general.",
        "Ukraine joined NATO.",
    ],
)
def test_what_names_the_same_without_tying_them_is_no_support(check: Check, claim: str) -> None:
    assert check(claim).verdict in ("partly", "unsupported", "contradicted")


def test_only_what_is_said_of_somebody_contradicts_that_they_are_not(check: Check) -> None:
    assert check("Ukraine is not a member of NATO.").verdict in ("partly", "unsupported")
    assert check("Mark Rutte is not the secretary general of NATO.").verdict == "contradicted"


@pytest.mark.parametrize(
    "claim",
    [
        "Mark Rutte is the secretary general of NATO.",
        "Volodymyr Zelenskyy is the president of Ukraine.",
        "Peskov is a Kremlin spokesman.",
        "Mark Rutte is the NATO chief.",
    ],
)
def test_a_title_or_a_description_says_what_somebody_is(check: Check, claim: str) -> None:
    assert check(claim).verdict == "supported"


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        ("Ukraine is giving up its ambition to join NATO, Zelenskyy announced.", "relinquishing its ambition"),
        ("Peskov said Kyiv has no direct line of communication with Moscow.", "doesn’t have a direct line"),
        ("The US and Germany have been reluctant to invite Ukraine into NATO.", "have remained reluctant"),
    ],
)
def test_what_the_articles_say_in_other_words_is_supported(check: Check, claim: str, quoted: str) -> None:
    given = check(claim)
    assert given.verdict == "supported"
    assert any(quoted in citation.quote for citation in given.evidence)


@pytest.mark.parametrize(
    "claim",
    [
        "Ukraine did not relinquish its nuclear arsenal.",
        "Ukraine will settle for alternatives to full membership in NATO.",
        "NATO foreign ministers reached a consensus about extending an invitation to Ukraine.",
        "Trump has never claimed he could end the war in Ukraine within hours.",
    ],
)
def test_what_the_articles_say_with_the_opposite_sign_is_contradicted(check: Check, claim: str) -> None:
    assert check(claim).verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        ("Zelenskyy proposed a 12-point plan that could lead to a ceasefire.", "20-point plan"),
        ("The Budapest agreement was established five decades ago.", "three decades ago"),
        ("On December 9 the foreign ministry called full membership the only real guarantee.", "On December 3"),
    ],
)
def test_another_number_or_day_for_the_same_thing_contradicts(check: Check, claim: str, quoted: str) -> None:
    given = check(claim)
    assert given.verdict == "contradicted"
    assert quoted in given.evidence[0].quote


@pytest.mark.parametrize(
    "claim",
    [
        "Ukraine does not want to join NATO any more.",
        "Kyiv no longer aspires to NATO membership.",
        "Ukraine will not join NATO.",
        "Zelenskyy isn't insisting on membership anymore.",
        "Ukraine's government does not seek membership in the alliance now.",
    ],
)
def test_what_a_newer_article_says_is_given_up_is_not_contradicted_by_older_ones(check: Check, claim: str) -> None:
    assert check(claim).verdict in ("partly", "unsupported")


@pytest.mark.parametrize(
    "claim",
    ["NATO has 45 members.", "NATO has 40 members.", "The alliance has 17 member nations."],
)
def test_a_sentence_that_counts_the_same_otherwise_is_all_that_is_related(check: Check, claim: str) -> None:
    given = check(claim)
    assert given.verdict in ("partly", "contradicted")
    assert "32 NATO member nations" in given.evidence[0].quote


@pytest.mark.parametrize(
    "claim",
    [
        "Scholz noted that the front lines are gradually moving westward.",
        "Zelenskyy warned that leaders like Kim Jong Un and Xi Jinping could feel emboldened.",
        "Poland is especially apprehensive about sending foreign troops to Ukraine.",
    ],
)
def test_the_words_of_another_are_no_support(check: Check, claim: str) -> None:
    assert check(claim).verdict == "partly"


@pytest.mark.parametrize(
    "claim",
    [
        "Manchester City won the Champions League final.",
        "Russia has suspended gas deliveries to Moldova.",
        "Hungary blocked a European Union loan to Ukraine.",
    ],
)
def test_of_what_they_do_not_tell_the_articles_say_nothing(check: Check, claim: str) -> None:
    given = check(claim)
    assert given.verdict == "unsupported"
    assert given.evidence == ()


def test_evidence_is_verbatim_and_numbered_from_one(check: Check, briefing: Briefing) -> None:
    given = check("NATO has 32 member nations.")
    assert given.evidence
    assert [citation.number for citation in given.evidence] == list(range(1, len(given.evidence) + 1))
    for citation in given.evidence:
        _, text = briefing.articles.show(citation.file)
        assert text[citation.start : citation.end] == citation.quote


def test_the_score_falls_from_what_is_said_to_what_is_not(check: Check) -> None:
    scores = [
        check("Zelenskyy proposed a 20-point plan that could lead to a ceasefire.").score,
        check("Zelenskyy proposed a plan and met the Pope in the Vatican.").score,
        check("Manchester City won the Champions League final.").score,
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores and all(0 <= score <= 1 for score in scores)


def test_both_denying_is_agreement() -> None:
    text = "The alliance will not accept any new member before the summit."
    assert against("The alliance refuses to accept any new member before the summit.", text).verdict == "supported"
    assert against("The alliance will accept any new member before the summit.", text).verdict == "contradicted"


def test_a_denial_elsewhere_in_a_sentence_contradicts_nothing() -> None:
    text = "We cannot risk the scenario of leaders in Asia feeling emboldened, Rutte said."
    assert against("Leaders in Asia may be feeling emboldened, Rutte said.", text).verdict == "partly"


def test_not_only_denies_nothing() -> None:
    text = "The alliance not only accepted a new member but opened an office."
    assert against("The alliance accepted a new member.", text).verdict == "supported"


def test_a_denial_that_no_sentence_shares_is_not_supported() -> None:
    assert against("The summit did not approve the budget.", "The summit and the budget.").verdict == "partly"


def test_avoiding_and_preventing_contradict_nothing() -> None:
    text = "The alliance aims to avoid a broader conflict with Russia."
    assert against("The alliance wants a broader conflict with Russia.", text).verdict == "partly"


def test_to_give_up_is_to_deny() -> None:
    given_up = "The ministers are dropping their demand for a new tribunal."
    assert against("The ministers do not demand a new tribunal.", given_up).verdict == "partly"
    assert against("The ministers did not drop their demand for a new tribunal.", given_up).verdict == "contradicted"
    assert against("The ministers made their demand for a new tribunal.", given_up).verdict == "partly"


OLD = "The ministers will not settle for a court in Geneva."
NEW = "The ministers have dropped all they asked for beyond a court in Geneva."


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (("2025-01-01", "2025-03-01"), "partly"),
        (("2025-03-01T09:00:00+00:00", "2025-03-01"), "contradicted"),
        ((None, "2025-03-01"), "contradicted"),
    ],
)
def test_only_a_later_end_takes_a_contradiction_back(days: tuple[str | None, str], verdict: str) -> None:
    assert against("The ministers will settle for a court in Geneva.", OLD, NEW, days=days).verdict == verdict


def test_where_sources_differ_a_claim_is_neither_supported_nor_contradicted() -> None:
    denies, agrees = (
        "The ministers will not open a tribunal in Geneva.",
        "The ministers will open a tribunal in Geneva.",
    )
    assert against("Ministers will open a tribunal in Geneva.", denies).verdict == "contradicted"
    given = against("Ministers will open a tribunal in Geneva.", denies, agrees)
    assert (given.verdict, given.note) == ("partly", "Sources differ: [1] says so, [2] otherwise")
    assert [each.quote for each in given.evidence] == [agrees, denies]


def test_a_denial_of_something_else_supports_a_denial_in_part_at_most() -> None:
    text = "The new tribunal opens in Geneva, which ministers could not visit."
    assert against("The new tribunal in Geneva will not close.", text).verdict != "supported"


def test_a_figure_the_sentence_leaves_out_is_supported_in_part() -> None:
    text = "The alliance sent soldiers and tanks to Estonia."
    assert against("The alliance sent soldiers and 40 tanks to Estonia.", text).verdict == "partly"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The alliance sent about 40 tanks to Estonia.", "The alliance sent 38 tanks to Estonia."),
        ("The festival of Cannes opens on May 19.", "The festival of Cannes opens on May 11-22."),
        ("The film aired on March 4 and March 6 on Netflix.", "The film aired on March 7 on Netflix."),
        ("The alliance sent 40 tanks to Estonia.", "The alliance sent 40 tanks to Estonia, 12 tanks to Latvia."),
    ],
)
def test_figures_that_may_both_be_true_contradict_nothing(claim: str, text: str) -> None:
    assert against(claim, text).verdict in ("partly", "supported")


def test_a_name_the_sentence_before_gives_counts_where_a_pronoun_points_back() -> None:
    claim = "Rutte promised more weapons for Kyiv."
    assert against(claim, "Rutte spoke in Brussels. He promised more weapons for Kyiv.").verdict == "supported"
    assert against(claim, "Scholz spoke in Brussels. He promised more weapons for Kyiv.").verdict == "partly"


def test_names_are_known_in_their_forms() -> None:
    text = "Ukrainian and British officials met Zelensky in the United States."
    assert against("Officials of Ukraine and Britain met Zelenskyy in the US.", text).verdict == "supported"


def test_without_articles_nothing_is_supported() -> None:
    assert against("NATO has 32 members.") == Verdict("NATO has 32 members.", "unsupported", 0.0)


def test_a_sentence_word_for_word_is_supported_in_any_language() -> None:
    text = "Das Parlament hat das Gesetz am Montag nicht verabschiedet. Es berät im Herbst."
    given = against("Das Parlament hat das Gesetz am Montag nicht verabschiedet", text)
    assert (given.verdict, given.score) == ("supported", 1.0)
    assert given.evidence[0].quote == "Das Parlament hat das Gesetz am Montag nicht verabschiedet."
    # What denies it comes near, and the reader is told that nobody compared them.
    denied = against("Das Parlament hat das Gesetz am Montag verabschiedet.", text)
    assert (denied.verdict, denied.evidence[0].quote) == ("partly", given.evidence[0].quote)
    assert denied.note


def test_what_is_done_by_the_same_people_is_not_all_they_did(briefing: Briefing) -> None:
    claim, rutte = "Zelenskyy is relinquishing Ukraine's ambition to join NATO.", "002_109866a445957986.txt"
    assert briefing.verification.verify(claim, Filter()).verdict == "supported"
    assert briefing.verification.verify(claim, Filter(), file=rutte).verdict != "supported"
