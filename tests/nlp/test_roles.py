"""Which roles sentences give people, and which of them one person does not hold at one time."""

from __future__ import annotations

import pytest

from retrieval.nlp.roles import differ, roles
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("French President Emmanuel Macron met UK Prime Minister Keir Starmer.", {"president", "premier"}),
        ("President-elect Donald Trump called former President Barack Obama.", set()),
        ("Vice President Kamala Harris spoke.", set()),
        ("Antony Blinken, U.S. Secretary of State, spoke.", {"minister"}),
        ("Keynote speaker John Smith opened the fair.", set()),
        ("Club president John Smith thanked the fans.", {"president"}),
        ("Prime Minister Vladimir Putin at the time refused.", set()),
        ("The law was signed by President Karin Holm in 2011.", set()),
    ],
)
def test_only_roles_held_now_are_read(text: str, kinds: set[str]) -> None:
    assert {role.kind for role in roles(text)} == kinds


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("NATO Secretary-General Mark Rutte spoke.", "Mark Rutte, Prime Minister of the Netherlands, spoke.", True),
        ("Prime Minister Petra Holm spoke.", "President Petra Holm spoke.", True),
        ("Qatar’s Prime Minister Sheikh Mohammed spoke.", "Foreign Minister Sheikh Mohammed spoke.", False),
        ("Prime Minister Lawrence Wong spoke.", "Finance Minister Lawrence Wong spoke.", False),
        ("President Petra Holm spoke.", "Defence Minister Petra Holm spoke.", False),
        ("Chancellor Jeremy Hunt spoke.", "Finance Minister Jeremy Hunt spoke.", False),
        ("Foreign Minister Simon Coveney spoke.", "Defence Minister Simon Coveney spoke.", True),
        ("Minister Simon Coveney spoke.", "Defence Minister Simon Coveney spoke.", False),
        ("Die Ministerin für Forschung, Marit Kessler, sprach.", "Marit Kessler, Chefin der Agentur, sprach.", True),
        ("La maire de Loubène, Solène Abgrall, rit.", "La ministre de l’Intérieur, Solène Abgrall, rit.", True),
        ("El alcalde de Lirio, Baltasar Urrutia, dijo.", "El consejero de Aguas, Baltasar Urrutia, dijo.", True),
        ("Mayor Petra Holm spoke.", "Finance Minister Petra Holm spoke.", True),
    ],
)
def test_whoever_governs_may_head_a_ministry_too(one: str, other: str, apart: bool) -> None:
    (ours,), (theirs,) = roles(one), roles(other)
    assert differ(ours, theirs) == apart


@pytest.mark.parametrize(
    "text",
    [
        "A" * 100_000,
        "Ab" * 50_000,
        "A b " * 25_000,
        "A " * 50_000,
        "President of " + "A " * 50_000,
        "Mayor " * 17_000,
        "minister " * 11_000,
    ],
)
def test_capitals_take_time_by_their_length(text: str) -> None:
    assert len(list(roles(text))) < 20_000
    assert growth(lambda size: list(roles(text[:size])), len(text) // 4) < LINEAR
