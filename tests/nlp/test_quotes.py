"""Where a quote stands in a text, and that nothing else passes for it."""

from __future__ import annotations

import pytest

from retrieval.nlp.sentences import find_quote, find_sentence


@pytest.mark.parametrize(
    ("quote", "text", "stored"),
    [
        ("it's a well-known plan", "They said it’s a well‑known plan.", ["it’s a well‑known plan"]),
        ('He said "no way out" twice', "He said «no way out» twice.", ["He said «no way out» twice"]),
        ("one day... another day", "It was one day… another day, perhaps.", ["one day… another day"]),
        ("the café in Zürich", "In the cafe\u0301 in Zu\u0308rich they met.", ["the cafe\u0301 in Zu\u0308rich"]),
        ("new treaty holds", "A **new** [treaty](http://x.org/(b)) holds.", ["new** [treaty](http://x.org/(b)) holds"]),
        ("first of all ... and then last", "first of all; and then last", ["first of all", "and then last"]),
        ("条約は昨日署名された", "政府によると条約は昨日署名された。", ["条約は昨日署名された"]),
        ("договор подписан вчера", "Сегодня: договор подписан вчера.", ["договор подписан вчера"]),
    ],
)  # fmt: skip
def test_a_quote_is_found_and_given_back_as_it_is_stored(quote: str, text: str, stored: list[str]) -> None:
    assert [text[start:end] for start, end in find_quote(quote, text)] == stored


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("the treaty was signed", "The treaty was signed."),
        ("an attack on all", "plan attack on all"),
        ("attack on all members", "counterattack on all members"),
        ("ten to the power 102", "ten to the power 10²"),
        ("first of all ... it is", "first of all, this"),
        ("and last of all ... first of all", "first of all, this; and last of all, that"),
        ("...", "one ... two"),
        ("a b c", "a b c d e f"),
    ],
)
def test_what_is_not_there_word_for_word_is_not_found(quote: str, text: str) -> None:
    assert find_quote(quote, text) == ()


def test_a_claim_is_a_sentence_only_as_a_whole() -> None:
    text = "He doubts it. The treaty was signed in Riga. It is not so that the law was passed in Riga."
    span = find_sentence("“The treaty was signed in Riga”", text)
    assert span is not None
    assert text[slice(*span)] == "The treaty was signed in Riga."
    assert find_sentence("The law was passed in Riga", text) is None
    assert find_sentence("the law was passed in Riga", text) is None
    assert find_sentence("Was the treaty signed in Riga", "Was the treaty signed in Riga?") is None


def test_a_long_hostile_text_takes_no_time() -> None:
    text = "aaaa " * 20_000 + "[" * 20_000 + "<a" * 10_000 + "*" * 10_000
    assert find_quote("aaaa aaaa aaab", text) == ()
