"""Whether two names are of one thing, and which names a text has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.nlp.entities import entities, is_named, same_entity
from retrieval.nlp.lexicon import load
from retrieval.nlp.names import KNOWN
from retrieval.nlp.tokens import terms
from tests.growth import LINEAR, growth

SAME = """
Spain = Spanish | Spain = Spaniards | Spain = Madrid | Spain = Spanien | Spain = España | Ukraine = Ukrainian
Ukraine = Ukrainians | Ukraine = Kyiv | Kyiv = Kiev | Ukraine = Ukrainian leaders | Niger = Nigerien
Nigeria = Nigerian | Nigeria = Abuja | Austria = Österreich | Austria = Austrian | Australia = Canberra
Iran = Iranian | Iran = Tehran | Iraq = Iraqi | Iraq = Irak | Slovakia = Slovak | Slovenia = Slovenian
Slovenia = Slowenien | Mali = Malian | Malawi = Malawian | Dominica = Dominican
Dominican Republic = Santo Domingo | Guinea = Guinean | Guinea-Bissau = Guinée-Bissau | North Korea = Pyongyang
South Korea = Seoul | North Korea = Korean | Georgia = Georgian | Chad = Chadian | Jordan = Jordanian
Germany = Deutschland | Germany = deutschen | Germany = Berlin | France = Frankreich
France = French government | Russia = Kremlin | Russia = rusa | Netherlands = Dutch | Poland = Polish
Turkey = Türkiye | US = United States | US = U.S. | US = American | United States of America = USA
UK = Britain | UK = British | UK = United Kingdom | EU = European Union | EU = Europäische Union
UN = United Nations | UN = ONU | NATO = OTAN | IAEA = International Atomic Energy Agency
ECB = European Central Bank | ECB = EZB | IMF = IWF | WHO = World Health Organization
WTO = World Trade Organisation | AU = African Union | Fed = US Federal Reserve | Fed = Federal Reserve
US Supreme Court = Supreme Court | Texas = Texan | Crimea = Crimean | California = Californians
Rutte = Mark Rutte | Rutte = Rutte's | Zelensky = Zelenskyy | Zelenskyy = Zelenskiy
Zelensky = Volodymyr Zelenskyy | Zelensky = Selenskyj | Wolodymyr Selenskyj = Volodymyr Zelensky
Lukashenko = Lukashenka | Yanukovych = Yanukovich | Yanukovych = Janukowitsch | Medvedev = Medwedew
Lavrov = Lawrow | Petrov = Petroff | Gorbachev = Gorbatschow | Putin = Poutine | Jørgensen = Jorgensen
Jørgensen = Joergensen | Müller = Mueller | Müller = Muller | Schröder = Schroeder
Gerhard Schröder = G. Schroeder | Donald J. Trump = Donald Trump | Trump = Eric Trump | Joe Biden = J. Biden
Alex Lund = Alexander Lund | Ursula von der Leyen = von der Leyen | Bill de Blasio = de Blasio | Xi = Xi Jinping
Kim = Kim Jong Un | Mohammed Ali = Muhammad Ali | Congo = Kinshasa | Congo = Brazzaville
Johannes Kepler University = JKU | the Netherlands = Netherlands | Erdoğan = Erdogan
"""
APART = """
Niger = Nigeria | Niger = Nigerian | Nigeria = Nigerien | Martin = Martinez | Martin = Martine | India = Indiana
Indian = Indiana | Harris = Harrison | Harris = Harry | Congo = Congress | Austria = Australia
Austrian = Australian | Iran = Iraq | Iranian = Iraqi | Slovakia = Slovenia | Slovak = Slovene | Mali = Malawi
Mali = Malaysia | Malian = Malawian | Dominica = Dominican Republic | Guinea = Guinea-Bissau
Guinea = Equatorial Guinea | Guinea = Papua New Guinea | North Korea = South Korea | Pyongyang = Seoul
Sudan = South Sudan | Ireland = Iceland | Ireland = Northern Ireland | Georgia = Georgia Meloni
Jordan = Michael Jordan | Chad = Chad Lund | Jordan = Jordan Peterson | Latvia = Lithuania | Libya = Liberia
Gambia = Zambia | Mauritania = Mauritius | Kinshasa = Brazzaville | Palestine = Pakistan | Tunisia = Tanzania
Belarus = Belgium | Paraguay = Uruguay | Swiss = Swedish | Switzerland = Sweden | China = Chile
Thailand = Taiwan | EU = European Court of Human Rights | EU = AU | EU = UN | US = UK | WHO = WTO | IMF = IAEA
ECB = Bank of England | African Union = European Union | World Bank = World Trade Organization | UN = UNSC
Donald Trump = Eric Trump | Donald Trump = Donald Trump Jr. | George W. Bush = George H. W. Bush
Kim Jong Un = Kim Jong Il | Mark Rutte = Mark Lund | Mark = Mark Rutte | Zelensky = Zelenska | Ivanov = Ivanova
Petrov = Petrovich | Eric Lund = Erica Lund | Paul Lund = Paula Lund | Jon Lund = Jan Lund | Rutte = Rutter
Michael = Michal | Bauer = Baur | Peters = Peter | Jones = Jonas | Johnson = Johnston | Clark = Clarke
Williams = William | Bank of America = America | Bank of America = Bank of England | Deutsche Bank = Bank
Labour Party = Party | New York Times = Times | New Jersey = Jersey | West Virginia = Virginia
Paris Hilton = Paris | Jack London = London | German Lopez = German | Washington Post = Washington
Foreign Ministry = Defence Ministry | Senate = Senator | G7 = G20 | Florian = Flora | Kosovo = Kazakhstan
Bolivia = Bolton | Franklin = France | Romney = Romania | Trump = Trumpet
"""


def pairs(table: str) -> list[tuple[str, str]]:
    return [tuple(map(str.strip, cell.split("="))) for cell in table.replace("\n", "|").split("|") if "=" in cell]  # type: ignore[misc]


@pytest.mark.parametrize(("one", "other"), pairs(SAME))
def test_names_of_one_thing_are_the_same(one: str, other: str) -> None:
    assert same_entity(one, other) and same_entity(other, one)


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_names_that_only_look_alike_are_not(one: str, other: str) -> None:
    assert not same_entity(one, other) and not same_entity(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [each for each in pairs(SAME) if all(len(terms(name)) == 1 for name in each)]
)
def test_a_term_is_named_by_another_of_its_forms(one: str, other: str) -> None:
    assert is_named(terms(one)[0], frozenset(terms(f"They saw {other} there")))


@pytest.mark.parametrize(
    ("one", "other"),
    # What a stem no longer tells apart, as Harris and Harry, no comparison of terms can.
    [each for each in pairs(APART) if all(len(terms(name)) == 1 for name in each) and terms(each[0]) != terms(each[1])],
)
def test_a_term_is_not_named_by_what_looks_like_it(one: str, other: str) -> None:
    assert not is_named(terms(one)[0], frozenset(terms(f"They saw {other} there")))


def test_a_long_name_names_its_acronym() -> None:
    assert is_named("imf", frozenset(terms("The International Monetary Fund met.")))
    assert not is_named("imf", frozenset(terms("The international fund met.")))


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("The European Stability Mechanism (ESM) met.", "ESM", "European Stability Mechanism"),
        ("The ESM (European Stability Mechanism) met.", "ESM", "European Stability Mechanism"),
        ("Das Bundesamt für Sicherheit in der Informationstechnik (BSI) warnt.", "BSI",
         "Bundesamt für Sicherheit in der Informationstechnik"),
        ("It asked the Solar Guild (\"SG\") for help.", "SG", "Solar Guild"),
    ],
)  # fmt: skip
def test_what_a_text_spells_out_is_learnt(text: str, short: str, long: str) -> None:
    learnt = KNOWN.learn([text])
    assert same_entity(short, long, learnt) and is_named(terms(short)[0], frozenset(terms(long)), learnt)
    assert not is_named(terms(short)[0], frozenset(terms(long)))


def test_an_aside_in_brackets_spells_nothing_out() -> None:
    learnt = KNOWN.learn(["The mayor spoke first (AP). Talks of the Social Guild (see page 4) and (EU) rules."])
    assert not same_entity("AP", "spoke first", learnt) and not learnt.keys("Social Guild")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The talks in Estonia ended. Rutte met Ursula von der Leyen on Monday.",
         "Estonia, Rutte, Ursula von der Leyen"),
        ("Ukraine's president met Mr. Lund of the Bank of England.", "Ukraine, Mr. Lund, Bank of England"),
        ("Due to rain, Rutte left. Given that, talks failed. Across the bay Lund waited.", "Rutte, Lund"),
        ("However, some were sold. Weapons kill. EU rules ban weapons.", "EU"),
        ("Heute traf Olaf Scholz im Bundestag die Europäische Kommission und die Ukraine. Das ist nicht der Plan.",
         "Olaf Scholz, Europäische Kommission, Ukraine"),
        ("Das Gesetz gilt. Die EU und das BSI sind für die Umsetzung von Angela Merkel. Laut Merkel ist es gut.",
         "EU, BSI, Angela Merkel, Merkel"),
        ("Das Ministerium hat diese Vermutung bestätigt.", ""),
        ("Von der Leyen met Kallas in Kyiv.", "Leyen, Kallas, Kyiv"),
        ("Le président Emmanuel Macron a rencontré Élisabeth Borne à la Banque de France.",
         "Emmanuel Macron, Élisabeth Borne, Banque de France"),
        ("El presidente Pedro Sánchez viajó a París. Según Óscar Puente, no hay acuerdo.",
         "Pedro Sánchez, París, Óscar Puente"),
        ("En 2019 subió el precio. Al final ganó Torval. Al Gore no fue.", "Torval, Al Gore"),
        ("Au cours de la séance, Macron a cédé. AU leaders met.", "Macron, AU"),
        ("", ""),
        ("🙂 \x00 )( 日本 — ...", ""),
    ],
)  # fmt: skip
def test_the_names_of_a_text_are_found_by_its_capitals(text: str, names: str) -> None:
    found = entities(text)
    assert ", ".join(each.name for each in found) == names
    assert all(text[each.start : each.end] == each.name for each in found)


NAMES = st.one_of(st.text(max_size=30), st.sampled_from([name for each in pairs(SAME) + pairs(APART) for name in each]))


@given(NAMES, NAMES)
def test_sameness_goes_both_ways(one: str, other: str) -> None:
    assert same_entity(one, other) == same_entity(other, one)


@given(NAMES)
def test_a_name_is_the_same_as_itself(name: str) -> None:
    assert same_entity(name, name)


@given(st.text(max_size=200))
def test_any_text_has_names_where_they_stand_and_teaches_without_fail(text: str) -> None:
    for each in entities(text):
        assert text[each.start : each.end] == each.name
    KNOWN.learn([text])


@pytest.mark.parametrize("word", ["A", "Aa", "A ", "Aa ", "A.", "A-", "A’", "(", "(A ", "a b (", "A’s ", "NATO chief "])
def test_hostile_text_is_read_in_time_by_its_length(word: str) -> None:
    def read(size: int) -> None:
        text = word * (size // len(word))
        entities(text)
        KNOWN.learn([text])
        same_entity(text, f"{text}b")
        is_named(text, frozenset((f"{text}b",)))

    assert growth(read, 10_000) < LINEAR


def test_every_name_of_the_lexicon_has_terms() -> None:
    names = load("names")
    for table in ("places", "bodies", "spellings"):
        assert names[table] and all(terms(each) for each in names[table])
