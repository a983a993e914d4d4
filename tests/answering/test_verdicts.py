"""Claims over the seeds: what is said there in other words, and what only sounds like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.nlp.annotate import annotate
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings


@pytest.fixture(scope="module")
def briefing(seeds_dir: str) -> Iterator[Briefing]:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as opened:
        yield opened


TRUE = """
Mark Rutte leads NATO.
NATO has 32 members.
Zelenskyy has abandoned Ukraine's ambition to join NATO.
Dmitry Peskov is a spokesperson for the Kremlin.
Antony Blinken is the US Secretary of State.
Putin wants formal guarantees from Western states.
Ukraine relinquished its nuclear arsenal in exchange for security assurances.
The foreign ministry called the Budapest Memorandum a monument to short-sightedness.
Russia insists that Ukraine be a neutral state.
Peskov suggested that Kyiv has no direct line to Moscow.
Zelensky accused Moscow of dragging out the war.
Putin has shown no urgency to hold peace talks.
The United States and Germany are reluctant to invite Ukraine to join NATO.
NATO leaders said Ukraine's path to membership is irreversible.
Britain, France and Germany helped to clarify the US proposals.
Russia invaded Ukraine in 2022.
NATO foreign ministers did not agree on inviting Ukraine.
Antony Blinken advocates more military aid for Ukraine.
Zelenskyy proposed a ceasefire along the current front lines.
Rutte said the front lines are moving westward.
Ukraine has asked for the THAAD air defence system.
Rutte is worried that China, North Korea and Iran are aligning with Russia.
Trump's advisers are considering talks with Russia.
""".strip().splitlines()
FALSE = """
Ukraine is in NATO.
Russia is in NATO.
Trump is in Kyiv.
Trump is president of Ukraine.
Zelenskyy is the president of NATO.
Zelenskyy is Russian.
Trump leads NATO.
NATO fears Ukraine.
Rutte leads Kyiv.
The war is over.
Troops are on the ground.
Ukraine and Rutte are allies.
Rutte invited Ukraine to join NATO.
China invaded Ukraine.
The United Kingdom relinquished its nuclear arsenal.
Germany supports Ukraine's NATO membership.
Ukraine rejected security guarantees.
Peskov is the Ukrainian president.
Russia gave up its nuclear arsenal in the Budapest Memorandum.
Ukraine had the second largest nuclear arsenal in the world.
Germany is eager to send troops to Ukraine.
France opposes sending foreign troops to Ukraine.
The Kremlin called the Budapest Memorandum a monument to short-sightedness.
Rutte promised that Ukraine will join NATO.
Ukraine demands that Russia be a neutral state.
Kyiv has a direct line of communication with Moscow.
Zelensky accused Washington of prolonging the war.
NATO agreed to admit Ukraine.
Germany has invited Ukraine to join NATO.
Britain opposed the US proposals.
Russia invaded Ukraine in 2020.
NATO foreign ministers agreed to extend an invitation to Ukraine.
Blinken called for immediate NATO membership for Ukraine.
Putin proposed a ceasefire along the current front lines.
Rutte said the front lines are moving eastward.
Zelenskyy proposed a 15-point plan.
Ukraine received the THAAD air defence system.
North Korea invited Ukraine to peace talks.
Putin agreed to a ceasefire.
Trump ended the war within hours.
Peskov is the Russian foreign minister.
Russia has stopped demanding that Ukraine be neutral.
European troops were deployed to Ukraine.
The alliance has accepted Ukraine as a member.
Zelensky rejected negotiations.
Russia invited NATO to expand eastward.
""".strip().splitlines()
SUPERSEDED = """
Zelenskyy insists on NATO membership for Ukraine.
Ukraine wants to be a NATO member.
""".strip().splitlines()


@pytest.mark.parametrize("claim", TRUE)
def test_what_the_articles_say_is_supported(briefing: Briefing, claim: str) -> None:
    assert briefing.verification.verify(claim, Filter()).verdict == "supported"


@pytest.mark.parametrize("claim", FALSE)
def test_what_only_lies_near_is_not_supported(briefing: Briefing, claim: str) -> None:
    assert briefing.verification.verify(claim, Filter()).verdict != "supported"


@pytest.mark.parametrize("claim", SUPERSEDED)
def test_what_was_so_once_says_until_when(briefing: Briefing, claim: str) -> None:
    given = briefing.verification.verify(claim, Filter())
    assert given.verdict == "partly"
    assert (given.note or "").startswith("Was so on")
    assert "since 14 Dec 2025 told otherwise" in (given.note or "")
    assert given.evidence[0].day < given.evidence[-1].day == "2025-12-14"


def test_another_number_of_the_same_contradicts(briefing: Briefing) -> None:
    given = briefing.verification.verify("NATO has 40 members.", Filter())
    assert given.verdict == "contradicted"
    assert "32 NATO member nations" in given.evidence[0].quote


def test_an_office_that_more_articles_tell_otherwise_is_disputed(briefing: Briefing) -> None:
    given = briefing.verification.verify("Mark Rutte is the prime minister of the Netherlands.", Filter())
    assert (given.verdict, given.note) == ("partly", "Sources differ: [1] says so, [2] otherwise")


@pytest.mark.parametrize("question", ["Does Ukraine want to join NATO?", "“Is Mark Rutte the NATO chief?”"])
def test_a_question_is_no_claim(briefing: Briefing, question: str) -> None:
    given = briefing.verification.verify(question, Filter())
    assert (given.verdict, given.note) == ("unsupported", "A question states nothing that could be checked")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("El puerto de Torval se presentó al público el 27 de diciembre en el teatro.", "partly"),
        ("La pesca de atún en Palaos creció mucho.", "unsupported"),
    ],
)
def test_a_claim_in_another_language_shows_what_is_near_and_that_it_is_not_compared(
    tmp_path: Path, models_dir: Path, claim: str, verdict: str
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    told = "El pasado 27 de diciembre se presentó en el teatro el nuevo puerto de Torval."
    (tmp_path / "port.md").write_text(f"---\npublished: 2024-12-28\n---\n# Un puerto\n\n{told}\n", "utf-8")
    with open_briefing(Settings(data_dir=tmp_path)) as briefing:
        briefing.articles.ingest([tmp_path / "port.md"])
        given = briefing.verification.verify(claim, Filter())
    assert given.verdict == verdict
    assert "word for word" in (given.note or "")
    assert [each.quote for each in given.evidence] == ([told] if verdict == "partly" else [])


def test_a_sentence_is_annotated_once(briefing: Briefing) -> None:
    annotate.cache_clear()
    briefing.verification.verify("NATO has 32 members.", Filter())
    first = annotate.cache_info().misses
    briefing.verification.verify("NATO has 32 members.", Filter())
    assert 0 < first == annotate.cache_info().misses


@pytest.fixture(scope="module")
def debts(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Briefing]:
    data = tmp_path_factory.mktemp("data")
    (data / "models").symlink_to(models_dir)
    (data / "articles").mkdir()
    (data / "articles" / "debt.md").write_text(
        "# Foreign holdings of the debt\n\nJapan holds 12.8% of the debt, and China holds 7.4%. While China remains a "
        "large holder of the debt, its holdings have fallen.\n\nRarotia holds more of the debt than Zembla.\n",
        "utf-8",
    )
    (data / "articles" / "berths.md").write_text(
        "# Berths of the harbour\n\nThe vacancy rate of the berths stood at 6.2 percent in December. Fees rose. The "
        "vacancy rate of the berths edged down to 5.1 percent in June, the harbour board said. The two ports of Linden "
        "and Velden signed the berth treaty in June 2021.\n\n"
        'See Harbour Board, "The Board Sells Its Cranes to Rarotia," news release, March 4, 2020.\n',
        "utf-8",
    )
    with open_briefing(Settings(data_dir=data)) as opened:
        opened.articles.ingest([data / "articles"])
        yield opened


@pytest.mark.parametrize(
    "claim",
    [
        "China holds more of the debt than Japan.",
        "China holds more debt than Japan.",
        "Zembla holds more of the debt than Rarotia.",
        "China's holdings are larger than Japan's.",
    ],
)
def test_a_comparison_that_nobody_makes_is_not_supported(debts: Briefing, claim: str) -> None:
    assert debts.verification.verify(claim, Filter()).verdict != "supported"


def test_a_comparison_that_somebody_makes_is_supported(debts: Briefing) -> None:
    assert debts.verification.verify("Rarotia holds more of the debt than Zembla.", Filter()).verdict == "supported"
    assert debts.verification.verify("Rarotia holds more debt than Zembla.", Filter()).verdict == "supported"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The vacancy rate of the berths stood at 6.2 percent in May 2023.", "partly"),
        ("The vacancy rate of the berths stood at 5.8 percent in May 2023.", "partly"),
        ("The vacancy rate of the berths stood at 5.8 percent in December.", "contradicted"),
        ("The two ports of Linden and Velden signed the berth treaty in May 2020.", "contradicted"),
    ],
)
def test_a_figure_of_another_month_contradicts_nothing(debts: Briefing, claim: str, verdict: str) -> None:
    assert debts.verification.verify(claim, Filter()).verdict == verdict


def test_the_title_of_something_to_read_supports_nothing(debts: Briefing) -> None:
    verdict = debts.verification.verify("The harbour board sells its cranes to Rarotia.", Filter())
    assert not any("See Harbour Board" in each.quote for each in verdict.evidence)
