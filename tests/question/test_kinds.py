"""What kind of question a question is, in the languages that have a lexicon."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.question.claims import claim_of
from retrieval.question.kinds import Request, is_courtesy
from retrieval.question.understanding import understand

AS_OF = date(2026, 4, 22)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who leads the European Central Bank?", "fact"),
        ("When was the treaty signed?", "fact"),
        ("How many soldiers were wounded?", "fact"),
        ("Where did the ministers meet?", "fact"),
        ("What did Rutte say about air defence?", "fact"),
        ("What happened to interest rates in 2011?", "fact"),
        ("What happened after the court struck down the tariffs?", "fact"),
        ("Who is currently the head of the IMF?", "fact"),
        ("Which report did the commission publish?", "fact"),
        ("What causes inflation?", "fact"),
        ("Is the bridge open or closed?", "fact"),
        ("Welches Land hat die meisten Panzer?", "fact"),
        ("Wie viele Soldaten wurden verletzt?", "fact"),
        ("Wer gewann die Wahl?", "fact"),
        ("Qui a gagné l'élection ?", "fact"),
        ("Combien de soldats ont été blessés ?", "fact"),
        ("¿Quién ganó las elecciones?", "fact"),
        ("¿Cuántos soldados resultaron heridos?", "fact"),
        ("Why did the talks fail?", "reason"),
        ("How did the board reach its decision?", "reason"),
        ("What is the reason for the delay?", "reason"),
        ("Warum scheiterten die Gespräche?", "reason"),
        ("Pourquoi les négociations ont-elles échoué ?", "reason"),
        ("¿Por qué fracasaron las negociaciones?", "reason"),
        ("Which countries signed the treaty?", "list"),
        ("Which U.S. ports were closed?", "list"),
        ("In which cities did people protest?", "list"),
        ("What measures did the government announce?", "list"),
        ("What are the conditions of the loan?", "list"),
        ("Name all members of the committee", "list"),
        ("Welche Länder haben unterschrieben?", "list"),
        ("Welche Gründe nannte das Gericht?", "list"),
        ("Quels pays ont signé ?", "list"),
        ("¿Qué países firmaron el acuerdo?", "list"),
        ("¿Cuáles son las condiciones?", "list"),
        ("Is Ukraine in NATO?", "yes_no"),
        ("Does NATO have 40 members?", "yes_no"),
        ("Did the parliament approve the budget?", "yes_no"),
        ("Ist die Brücke offen?", "yes_no"),
        ("Est-ce que la Suède a rejoint l'OTAN ?", "yes_no"),
        ("La Suède a-t-elle rejoint l'OTAN ?", "yes_no"),
        ("¿Ha ratificado Hungría el acuerdo?", "yes_no"),
        ("Compare the US and German positions on tariffs", "comparison"),
        ("What is the difference between the two proposals?", "comparison"),
        ("How do Rutte and Orban differ on sanctions?", "comparison"),
        ("What are the French and German positions on tariffs?", "comparison"),
        ("Vergleiche die Haltung von Berlin und Paris", "comparison"),
        ("Compare les positions de Berlin et de Paris", "comparison"),
        ("Compara las posturas de Madrid y París", "comparison"),
        ("Does Hungary still block the aid?", "position"),
        ("What is Germany's position on the treaty?", "position"),
        ("How has Turkey's stance changed?", "position"),
        ("Where does Ukraine stand on NATO today?", "position"),
        ("Ist die Brücke noch gesperrt?", "position"),
        ("Summarise the latest article", "summary"),
        ("Summarize 002_report.txt", "summary"),
        ("Can you summarise the talks on Cyprus?", "summary"),
        ("What is new?", "summary"),
        ("what's new", "summary"),
        ("Any news on Moldova?", "summary"),
        ("What happened in March?", "summary"),
        ("What happened yesterday?", "summary"),
        ("brief me on Ukraine and NATO", "summary"),
        ("Give me an overview of the budget debate", "summary"),
        ("Fasse den neuesten Artikel zusammen", "summary"),
        ("Was gibt es Neues?", "summary"),
        ("Was passierte gestern?", "summary"),
        ("Résume le dernier article", "summary"),
        ("Que s'est-il passé en mars 2026 ?", "summary"),
        ("Resume el último artículo", "summary"),
        ("¿Qué pasó ayer?", "summary"),
        ("What articles do you have?", "corpus"),
        ("Do you have anything on Hungary?", "corpus"),
        ("Which article mentions THAAD?", "corpus"),
        ("How many articles are there?", "corpus"),
        ("List all articles about sanctions", "corpus"),
        ("Show me the reports on Iran", "corpus"),
        ("Is there anything about grain exports?", "corpus"),
        ("THAAD", "corpus"),
        ("copper tariffs", "corpus"),
        ("Welche Artikel hast du?", "corpus"),
        ("Hast du etwas über Ungarn?", "corpus"),
        ("Quels articles avez-vous ?", "corpus"),
        ("¿Tienes algo sobre Hungría?", "corpus"),
        ("¿Qué artículos tienes?", "corpus"),
        ("hello!", "courtesy"),
        ("Thank you so much", "courtesy"),
        ("Who are you?", "courtesy"),
        ("help", "courtesy"),
        ("What can you do?", "courtesy"),
        ("Danke schön!", "courtesy"),
        ("Was kannst du?", "courtesy"),
        ("Merci beaucoup", "courtesy"),
        ("¡Hola!", "courtesy"),
        ("Gracias", "courtesy"),
    ],
)
def test_the_kind_is_read_from_the_wording(question: str, kind: str) -> None:
    assert understand(question, as_of=AS_OF).kind == kind


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Do you have anything on Hungary?", "Hungary"),
        ("Have you got any reports about grain exports?", "grain exports"),
        ("Which article mentions THAAD?", "THAAD"),
        ("Which articles talk about sanctions on Russia?", "sanctions on Russia"),
        ("What articles do you have?", ""),
        ("What articles do you have on Cyprus?", "Cyprus"),
        ("How many articles are there about Cyprus?", "Cyprus"),
        ("How many articles from Reuters do you have", "Reuters"),
        ("List all articles", ""),
        ("THAAD?", "THAAD"),
        ("Hast du etwas über Ungarn?", "Ungarn"),
        ("Welche Artikel erwähnen den Haushalt?", "Haushalt"),
        ("Avez-vous quelque chose sur la Hongrie ?", "Hongrie"),
        ("¿Tienes algo sobre Hungría?", "Hungría"),
        ("brief me on Ukraine and NATO", "Ukraine and NATO"),
        ("Summarise the report on the grain deal", "report on the grain deal"),
        ("Any news on Moldova?", "Moldova"),
        ("What is new?", ""),
        ("What happened in March?", ""),
        ("Fasse die Debatte über den Haushalt zusammen", "Debatte über den Haushalt"),
        ("Résume le débat sur le budget", "débat sur le budget"),
    ],
)
def test_what_a_summary_or_a_look_into_the_corpus_is_about(question: str, topic: str) -> None:
    assert _request(question).topic == topic


def test_a_summary_may_be_of_a_file_or_of_the_newest_article() -> None:
    assert _request("summarise 002_109866.txt please").file == "002_109866.txt"
    assert _request("What is in report-3.md?").file == "report-3.md"
    assert _request("Summarise the latest article").newest
    assert _request("Fasse den neuesten Artikel zusammen").newest
    assert not _request("Brief me on Cyprus").newest


def test_a_question_about_something_in_a_file_is_no_summary() -> None:
    assert understand("Who signed the treaty in report-3.md?", as_of=AS_OF).kind == "fact"


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare the US and German positions on tariffs", ("US", "German")),
        ("How do Mark Rutte and Viktor Orban differ on sanctions?", ("Mark Rutte", "Viktor Orban")),
        ("What is the difference between Reuters and AFP on the strike?", ("Reuters", "AFP")),
        ("What are the French and German positions on tariffs?", ("French", "German")),
        ("Vergleiche die Haltung von Berlin und Paris", ("Berlin", "Paris")),
        ("What is the difference between the two proposals?", ()),
    ],
)
def test_a_comparison_has_its_sides(question: str, sides: tuple[str, ...]) -> None:
    assert _request(question).sides == sides


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Is Ukraine in NATO?", "Ukraine is in NATO"),
        ("Does NATO have 40 members?", "NATO has 40 members"),
        ("Did Germany approve the budget?", "Germany did approve the budget"),
        ("Has Mark Rutte left Brussels?", "Mark Rutte has left Brussels"),
        ("Does the European Union supply ammunition?", "the European Union supplies ammunition"),
        ("Are the United States leaving the treaty?", "the United States are leaving the treaty"),
        ("Is NATO membership expensive?", ""),
        ("Does the ceasefire with Iran hold?", ""),
        ("Who leads NATO?", ""),
    ],
)
def test_a_question_for_yes_or_no_is_a_claim_where_a_simple_inversion_makes_one(question: str, claim: str) -> None:
    assert claim_of(question) == claim


@pytest.mark.parametrize("text", ["Really?", "thanks, but who won?", "Who are the Houthis?", "help for Ukraine", "👍"])
def test_what_asks_or_names_something_is_no_courtesy(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who won?", "en"),
        ("Is Jon Hald still Chancellor of Norland?", "en"),
        ("Wie viele?", "de"),
        ("Quels pays ?", "fr"),
        ("¿Cuántos?", "es"),
        ("THAAD", "en"),
        ("Chi ha vinto le elezioni in Francia?", "it"),
        ("Что сказала Германия о санкциях против России?", "ru"),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: str) -> None:
    assert understand(question, as_of=AS_OF).language == language


def _request(question: str) -> Request:
    request = understand(question, as_of=AS_OF).request
    assert request
    return request
