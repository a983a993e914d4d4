"""Replies are read as far as they are there, wherever they break off and whatever stands around them."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain.llm import Claim, Opinion, Purpose
from retrieval.llm.output_parsing import Content, count_claims, read, schema
from tests.model_server import claims

THREE = [(f'Claim {n}, with \\ and }} and "]" in it.', [n], [f'the {{words}} "of" {n}']) for n in (1, 2, 3)]
WELL = claims(*THREE)
READ = tuple(Claim(text, tuple(passages), tuple(quotes)) for text, passages, quotes in THREE)


@pytest.mark.parametrize("indent", [None, 2])
def test_wherever_a_reply_breaks_off_the_whole_claims_before_are_read(indent: int | None) -> None:
    text = json.dumps(json.loads(WELL), indent=indent)
    ends = [text.index(f'"of\\" {n}"') + 8 for n in (1, 2, 3)]
    for cut in range(len(text)):
        content = read("answer", text[:cut])
        kept = content.claims if content else ()
        assert kept == READ[: len(kept)]
        assert len(kept) in (sum(end < cut for end in ends), sum(end + 20 < cut for end in ends))
        assert content is None or not content.whole or "]" in text[cut - 10 : cut]
        assert count_claims(text[:cut]) == len(kept)


@pytest.mark.parametrize(
    "text",
    [
        f"{WELL}\n\nThe form was kept.",
        f'The form is {{"claims": [{{"text": "...", "passages": [1], "quotes": ["..."]}}]}}. Here it is:\n{WELL}',
        f"```\n{WELL}\n```\n\nWithout an answer it would be {claims()}.",
        json.dumps({"claims": json.dumps(json.loads(WELL)["claims"])}),
        json.dumps({"name": "answer", "arguments": json.loads(WELL)}),
        f"{{ thinking... }} [1] {WELL}",
        f"{{'x': {WELL}",
        WELL.replace("}, {", "},, {").replace("}]}", "},]}"),
        WELL.replace("}, {", "} {"),
        WELL.replace("Claim 1", "Claim\n1").replace("Claim\n1", "Claim 1"),
        f"<think>I might say {claims(('No.', [1], []))}</think>\n{WELL}",
    ],
)
def test_a_reply_is_found_in_what_stands_around_it(text: str) -> None:
    content = read("answer", text)
    assert content
    assert (content.claims, content.whole) == (READ, True)


def test_a_line_broken_inside_a_sentence_is_no_harm() -> None:
    content = read("answer", '{"claims": [{"text": "One\ntwo", "passages": "2", "quotes": "three"}]}')
    assert content
    assert content.claims == (Claim("One\ntwo", (2,), ("three",)),)


@pytest.mark.parametrize(
    "wrong",
    ['{"text": "x"}', '{"text": 7, "passages": [], "quotes": []}', '{"text": " ", "passages": [1], "quotes": []}',
     '{"text": "x", "passages": ["first"], "quotes": []}', '{"text": "x", "passages": [1], "quotes": [null]}',
     '{"text": "x" "passages": [1]}'],
)  # fmt: skip
def test_a_claim_of_another_form_is_left_out(wrong: str) -> None:
    content = read("answer", WELL.replace("}, {", f"}}, {wrong}, {{", 1))
    assert content
    assert content.claims == READ
    assert read("answer", f'{{"claims": [{wrong}]}}') is None


def test_nothing_to_say_is_a_reply_and_half_of_it_is_none() -> None:
    content = read("answer", '{"claims": [ ]}')
    assert content
    assert (content.claims, content.whole) == ((), True)
    assert read("answer", '{"claims": [') is None


def test_an_answer_of_hundreds_of_claims_ends_somewhere() -> None:
    content = read("answer", claims(*[("Again.", [1], ["Again."])] * 200))
    assert content
    assert len(content.claims) == 50


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_a_form_is_one_that_the_strictest_provider_takes(purpose: Purpose) -> None:
    parts = [schema(purpose)]
    assert (purpose == "choose") == (parts[0] is None)
    for part in filter(None, parts):
        assert "$ref" not in part
        if "properties" in part:
            assert part["required"] == list(part["properties"])
            assert "default" not in part
            parts += part["properties"].values()
        parts.append(part.get("items"))


def test_a_question_and_a_verdict_are_read_out_of_chatter() -> None:
    content = read("standalone", 'Sure: {"question": "..."} or rather {"question": "Who met in Oslo?",}')
    assert content
    assert content.question == "Who met in Oslo?"
    said = '```json\n{"verdicts": [{"number": 2, "verdict": "contradicted", "part": "{no}", "quotes": []}]}\n```'
    content = read("verify", said)
    assert content
    assert content.opinions == (Opinion(2, "contradicted", "{no}"),)
    # A single verdict out of its list is that on the first.
    content = read("verify", 'So: {"verdict": "supported", "quotes": "It rained."}')
    assert content
    assert content.opinions == (Opinion(1, "supported", quotes=("It rained.",)),)
    assert read("verify", '{"verdict": "perhaps"}') is None
    assert read("choose", "<think>12 or 7?</think>Sentences 3, 1.") == Content(numbers=(3, 1))
    assert read("choose", "None of them.") is None
    assert read("standalone", '{"question": "Who m') is None


@given(st.text(alphabet='{}[]":,\\ claims12\n', max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    for purpose in ("answer", "standalone", "verify"):
        read(purpose, text)
        read(purpose, f'{{"claims": [{text}')


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "{" * 50_000, '{"claims":[' * 5_000, '{"claims": [' + "[" * 50_000, '"' * 50_000]
)
def test_a_text_made_to_take_long_does_not(text: str) -> None:
    read("answer", text)
    read("verify", text)
