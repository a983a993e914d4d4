"""What kind of question a question is, in the languages that have a lexicon."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.question.kinds import Wanted, is_courtesy
from retrieval.question.understanding import understand

AS_OF = date(2026, 4, 22)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who leads the European Central Bank?", None),
        ("When was the treaty signed?", None),
        ("How many soldiers were wounded?", None),
        ("Where did the ministers meet?", None),
        ("What did Rutte say about air defence?", None),
        ("What happened to interest rates in 2011?", None),
        ("What happened after the court struck down the tariffs?", None),
        ("Who is currently the head of the IMF?", None),
        ("Which report did the commission publish?", None),
        ("What causes inflation?", None),
        ("Is the bridge open or closed?", None),
        ("Welches Land hat die meisten Panzer?", None),
        ("Wie viele Soldaten wurden verletzt?", None),
        ("Wer gewann die Wahl?", None),
        ("Qui a gagné l'élection ?", None),
        ("Combien de soldats ont été blessés ?", None),
        ("¿Quién ganó las elecciones?", None),
        ("¿Cuántos soldados resultaron heridos?", None),
        ("Why did the talks fail?", None),
        ("How did the board reach its decision?", None),
        ("What is the reason for the delay?", None),
        ("Warum scheiterten die Gespräche?", None),
        ("Pourquoi les négociations ont-elles échoué ?", None),
        ("¿Por qué fracasaron las negociaciones?", None),
        ("Which countries signed the treaty?", None),
        ("Which U.S. ports were closed?", None),
        ("In which cities did people protest?", None),
        ("What measures did the government announce?", None),
        ("What are the conditions of the loan?", None),
        ("Name all members of the committee", None),
        ("Is the toll rising for lorries? And for cars?", None),
        ("Welche Länder haben unterschrieben?", None),
        ("Welche Gründe nannte das Gericht?", None),
        ("Quels pays ont signé ?", None),
        ("¿Qué países firmaron el acuerdo?", None),
        ("¿Cuáles son las condiciones?", None),
        ("Is Ukraine in NATO?", None),
        ("Does NATO have 40 members?", None),
        ("Did the parliament approve the budget?", None),
        ("Ist die Brücke offen?", None),
        ("Est-ce que la Suède a rejoint l'OTAN ?", None),
        ("La Suède a-t-elle rejoint l'OTAN ?", None),
        ("¿Ha ratificado Hungría el acuerdo?", None),
        ("Compare the US and German positions on tariffs", None),
        ("What is the difference between the two proposals?", None),
        ("How do Rutte and Orban differ on sanctions?", None),
        ("What are the French and German positions on tariffs?", None),
        ("Vergleiche die Haltung von Berlin und Paris", None),
        ("Compare les positions de Berlin et de Paris", None),
        ("Compara las posturas de Madrid y París", None),
        ("Does Hungary still block the aid?", None),
        ("What is Germany's position on the treaty?", None),
        ("How has Turkey's stance changed?", None),
        ("Where does Ukraine stand on NATO today?", None),
        ("Ist die Brücke noch gesperrt?", None),
        ("Summarise the latest article", "summary"),
        ("Summarize 002_report.txt", "summary"),
        ("Can you summarise the talks on Cyprus?", "summary"),
        ("What is new?", "summary"),
        ("what's new", "summary"),
        ("Any news on Moldova?", "summary"),
        ("What happened in March?", "summary"),
        ("What happened yesterday?", "summary"),
        ("What happened with the toll in March 2026?", "summary"),
        ("What happened at the port on 3 March 2026?", None),
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
def test_the_kind_is_read_from_the_wording(question: str, kind: str | None) -> None:
    request = understand(question, as_of=AS_OF).request
    assert (request and request.kind) == kind


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
        ("Give me a short summary of the budget debate", "budget debate"),
        ("Gib mir eine Zusammenfassung der Debatte", "Debatte"),
        ("Donne-moi un résumé de la loi sur le port", "loi sur le port"),
        ("Dame un resumen de los presupuestos", "presupuestos"),
        ("Which articles were published in 2013?", ""),
        ("Welche Artikel wurden 2013 veröffentlicht?", ""),
        ("Quels articles ont été publiés en 2018 ?", ""),
        ("¿Qué artículos se publicaron en 2013?", ""),
        ("¿Qué artículos hay de 2013?", ""),
        ("Quels articles avez-vous de 2018 sur la pêche ?", "pêche"),
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


@pytest.mark.parametrize("question", ["Resume el artículo más reciente", "Résume l'article le plus récent"])
def test_the_newest_article_is_meant_whichever_word_comes_first(question: str) -> None:
    assert _request(question).newest


def test_a_question_about_something_in_a_file_is_no_summary() -> None:
    assert understand("Who signed the treaty in report-3.md?", as_of=AS_OF).request is None


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
        ("Czy Ukraina nadal chce wstąpić do NATO?", "pl"),
        ("Хто виграв вибори?", "uk"),
        ("Co-operation in NATO", "en"),
        ("THAAD", "en"),
        ("Chi ha vinto le elezioni in Francia?", "it"),
        ("Что сказала Германия о санкциях против России?", "ru"),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: str) -> None:
    assert understand(question, as_of=AS_OF).language == language


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("Jakie masz artykuły?", "corpus", ""),
        ("Co nowego w sprawie Ukrainy?", "summary", "Ukrainy"),
        ("Co się stało wczoraj?", "summary", ""),
        ("Cześć!", "courtesy", ""),
        ("Co potrafisz?", "courtesy", ""),
        ("Які статті ти маєш?", "corpus", ""),
        ("Що нового про Україну?", "summary", "Україну"),
        ("Що сталося вчора?", "summary", ""),
        ("Привіт!", "courtesy", ""),
        ("Що ти вмієш?", "courtesy", ""),
    ],
)
def test_polish_and_ukrainian_requests_are_told(question: str, kind: str, topic: str) -> None:
    request = _request(question)
    assert (request.kind, request.topic) == (kind, topic)


def _request(question: str) -> Wanted:
    request = understand(question, as_of=AS_OF).request
    assert request
    return request
