"""Texts in the encodings they claim, or that their letters tell; a stray byte costs one character."""

from __future__ import annotations

import pytest

from retrieval.ingestion.readers.decoding import decode, decode_feed, decode_page
from tests.ingestion.samples import FIRST

QUOTED = "“We won’t sign,” she said – the pier costs €5 million."


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "ISO8859-1", "us-ascii", "windows-1252"])
def test_labels_mean_what_browsers_read_them_as(label: str) -> None:
    page = f'<meta charset="{label}"><p>{QUOTED}'
    assert QUOTED in decode_page(page.encode("cp1252"))
    assert QUOTED in decode_feed(f'<?xml version="1.0" encoding="{label}"?><a>{QUOTED}</a>'.encode("cp1252"))


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "码头工人工会要求加薪百分之六，镕"),
        ("shift_jis", "cp932", "港湾労働者組合①は求めている"),
        ("euc-kr", "cp949", "부두 노동자 노조는 똠방각하"),
        ("iso-8859-9", "cp1254", "Görüşme “dün” başladı"),
        ("tis-620", "cp874", "ท่าเรือเวลเดน “เปิด”"),
        ("x-sjis", "cp932", "港湾労働者組合"),
    ],
)
def test_labels_of_other_scripts_mean_their_fuller_encodings(label: str, codec: str, text: str) -> None:
    assert text in decode_page(f'<meta charset="{label}"><p>{text}'.encode(codec))


@pytest.mark.parametrize("stray", [b"\xff", b"\xe9", b"\x80", b"\xc3"])
def test_a_stray_byte_costs_one_character(stray: bytes) -> None:
    source = f"{FIRST}\n\n{QUOTED} ".encode() + stray + b"\n"
    assert decode(source) == f"{FIRST}\n\n{QUOTED} \ufffd\n"
    assert decode_page(b'<meta charset="utf-8">' + source).endswith(f"{QUOTED} \ufffd\n")
    assert decode_feed(b'<?xml version="1.0" encoding="utf-8"?>' + source).endswith(f"{QUOTED} \ufffd\n")


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", "Der Präsident sagte, daß die Größe über fünf läge."),
        ("cp1252", "Le président a déclaré que « l’été » serait là, señor Núñez."),
        ("cp1252", "O ministro não disse que as ações são boas; há razões e lições."),
        ("cp1250", "Minister powiedział, że rząd nie zgodzi się na źródło. Łódź świętuje żółtą różę."),
        ("cp1250", "A miniszter elmondta, hogy a tűzszünet őszig érvényes."),
        ("iso8859-2", "Předseda vlády řekl, že schůze se uskuteční příští týden. Žádné další změny."),
        ("cp1251", "Президент заявил, что встреча состоится в понедельник."),
        ("cp1251", "Україна не відмовляється від вступу, її ґанок тут."),
        ("koi8-r", "Президент заявил, что встреча состоится в понедельник."),
        ("cp1253", "Ο πρόεδρος δήλωσε ότι η συνάντηση θα γίνει τη Δευτέρα."),
        ("cp1254", "Cumhurbaşkanı dün açıkladı ki görüşme İstanbul'da yapılacak, çünkü başka yol yok."),
    ],
)
def test_an_encoding_that_says_nothing_is_told_by_its_letters(codec: str, text: str) -> None:
    assert decode(text.encode(codec)) == text
