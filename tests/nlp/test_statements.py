"""Which sentences of a passage say something."""

from __future__ import annotations

import pytest

from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.nlp.statements import statements


def said(text: str, title: str | None = None) -> list[str]:
    article = Article(1, "a.txt", Metadata(title=title), 1, "key")
    return [each.text for each in statements(Passage(1, article, 0, len(text), 1, text))]


def test_questions_and_headings_say_nothing() -> None:
    assert said("# The old bridge\n\n---\nHome Bridges Ferries\n\nIt is closed.") == ["It is closed."]
    text = "Key points:\n\nIs it closed? It is closed to lorries.\n\nWhat comes next\n\n- A ferry runs."
    assert said(text) == ["It is closed to lorries.", "A ferry runs."]
    assert said("– Waffenruhe an der Grenze\n– Abzug der Truppen") == ["Waffenruhe an der Grenze", "Abzug der Truppen"]


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this article said that 40 ferries ran.",
        "This story originally gave the number of ferries as 40.",
        "Clarification: the headline misstated the number of ferries.",
        "In einer früheren Version dieses Artikels hieß es, 40 Fähren seien gefahren.",
        "Une version précédente de cet article parlait de 40 ferries.",
        "Una versión anterior de este artículo hablaba de 40 transbordadores.",
        "В предыдущей версии статьи говорилось о 40 паромах.",
        "此前版本称有四十艘渡轮。",
    ],
)
def test_a_correction_does_not_say_what_it_corrects(note: str) -> None:
    assert said(f"Fourteen ferries ran. {note}") == ["Fourteen ferries ran."]


@pytest.mark.parametrize(
    "reference",
    [
        'See Harbour Board, "Tides of the Northern Coast," news release, March 4, 2020.',
        "See also page 4 of the report.",
        "Harbour Board, Review of the Ferries (Port Linden: Harbour Board, April 2023).",
        'Anna Berg and Jon Roe (2019), "How Ferries Sink," Journal of Tides, vol. 4, pp. 1-24.',
        '"Have the Ferries Lost Money?," Harbours Today, December 1, 2022.',
        'Anna Berg, "Risk in the Tidal Markets" (remarks at the Conference on Tides, Port Linden, June 3, 2022).',
        'Jon Roe, "Berg: Dues Belong to the Port," Harbours Today, March 2, 2022, https://harbour.example/dues.',
        "Siehe auch Anna Berg, „Fähren im Eis“, Hamburg 2019.",
        "6. Harbour Report B45281, The Ferries and the Strait: Effects on Grain, coordinated by Anna Berg.",
        "For more information on the ferries, see Harbour Report 12, The Ferries in Brief.",
        "Für weitere Fähren siehe den Bericht des Hafens.",
    ],
)
def test_what_only_names_something_to_read_says_nothing(reference: str) -> None:
    assert said(f"Fourteen ferries ran. {reference}") == ["Fourteen ferries ran."]


@pytest.mark.parametrize(
    "told",
    [
        'President Anna Berg signed the "Harbour Protection Act" in August 2022.',
        '"We Will Never Sell the Port," Mayor Jon Roe told Harbours Today on Friday, June 14, 2023, after the vote.',
        "Seen from the pier, Port Linden grew in 2020.",
        "For years the mayors did not see a reason to change.",
        "Mayor Jon Roe, Chair Anna Berg and Governor Pia Lund met in Port Linden on Wednesday, June 14, 2023.",
    ],
)
def test_names_a_year_and_a_quote_are_no_reference(told: str) -> None:
    assert said(told) == [told]


@pytest.mark.parametrize(
    "other", ["The minister misstated the number of ferries.", "The council read a previous report on ferries."]
)
def test_what_others_put_right_is_said(other: str) -> None:
    assert said(other) == [other]


def test_a_heading_in_bold_within_its_paragraph_says_nothing() -> None:
    item = "- **The Old Bridge. **It was closed in May.\n- **The old bridge was closed.** It is being mended."
    assert said(item) == ["It was closed in May.", "The old bridge was closed.", "It is being mended."]


def test_where_something_was_said_says_nothing() -> None:
    place = 'At the "Tides of Tomorrow" Conference of the Institute for Harbours, Port Linden, D.C.'
    assert said(f"{place}\n\nThe bridge is closed.") == ["The bridge is closed."]
    assert said("The mayors met in Port Linden, D.C. The bridge is closed in the U.S.") == [
        "The mayors met in Port Linden, D.C.",
        "The bridge is closed in the U.S.",
    ]


def test_the_title_says_nothing() -> None:
    assert said("The bridge is closed.\n\nA ferry runs.", title="The bridge is closed") == ["A ferry runs."]


def test_a_dateline_an_address_and_the_frame_of_a_table_say_nothing() -> None:
    assert said("BRUSSELS (AP) — The bridge is closed.") == ["The bridge is closed."]
    assert said("KYIV, Dec 3 (Reuters) - The bridge is closed.") == ["The bridge is closed."]
    assert said("Киев, столица Украины — крупнейший город страны.") == [
        "Киев, столица Украины — крупнейший город страны."
    ]
    assert said("NATO said on Monday - as before - that it is open.") == [
        "NATO said on Monday - as before - that it is open."
    ]
    assert said("Read https://harbour.example/a.\n\nThe bridge is closed.") == ["The bridge is closed."]
    table = "| Bridge | State |\n|---|---|\n| Harbour | closed |"
    assert said(table) == ["Harbour · closed"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Korsvik (HTA). The island voted no.", ["The island voted no."]),
        ("Port Linden (dpa) - Drivers lose 74 hours.", ["Drivers lose 74 hours."]),
        ("Puerto Lirio, 5 jun (EFE).- El agua falta cada noche.", ["El agua falta cada noche."]),
        ("Harlesiel. The association is against it.", ["The association is against it."]),
        ("It met Anna Smith (CDU). She was late.", ["It met Anna Smith (CDU).", "She was late."]),
    ],
)
def test_where_a_report_is_from_is_no_part_of_its_first_sentence(text: str, told: list[str]) -> None:
    assert said(text) == told


@pytest.mark.parametrize(
    "told",
    [
        "See und Hafen bleiben am Montag für Boote gesperrt.",
        "See you in court, the mayor told the ferrymen on Monday.",
        "Ministers meet in Port Linden, D.C.",
        "Prices rise in the U.S.",
    ],
)
def test_what_only_looks_like_a_reference_or_a_place_is_said(told: str) -> None:
    assert said(told) == [told]


def test_a_figure_or_a_label_in_bold_is_said() -> None:
    told = ["Deaths in Linden: 12.", "The flood came at night.", "Winner: Anna Berg.", "She takes office in May."]
    assert said(f"**{told[0]}** {told[1]}\n\n**{told[2]}** {told[3]}") == told
