"""Whatever a file holds, its reader gives an article or says in a few words why there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import holds_files, is_article, parts_of, read
from tests.ingestion import office
from tests.ingestion.outlook import msg
from tests.ingestion.samples import ARTICLE, PAGE, pdf

pytestmark = pytest.mark.slow

SAMPLES = {
    "a.txt": ARTICLE.encode(),
    "a.md": f"---\ntitle: x\n---\n# Bridge\n\n{ARTICLE}\n| a | b |\n|---|---|\n| 1 | 2 |\n[^1]: note ~~no~~\n".encode(),
    "a.html": PAGE.encode(),
    "a.mhtml": office.mhtml(PAGE, "https://harbour.example/a"),
    "a.pdf": pdf([[ARTICLE[:80], "Second line of it"], ["Page two"]]),
    "a.docx": office.docx(),
    "a.pptx": office.pptx(),
    "a.xlsx": office.xlsx({"A": office.ROWS}),
    "a.csv": b"a,b\n1,2\n",
    "a.odt": office.odt(),
    "a.rtf": office.rtf(),
    "a.eml": office.eml({"report.docx": b"x"}, html="<p>Hello</p>"),
    "a.mbox": office.mbox([office.eml(), office.eml()]),
    "a.epub": office.epub(),
    "a.zip": office.zipped({"a.txt": ARTICLE, "b/c.html": PAGE}),
    "a.msg": msg("Talks", ARTICLE, "Jane Roe", datetime(2024, 12, 3, tzinfo=UTC), {"a.txt": ARTICLE.encode()}),
}
PACKAGES = ("a.docx", "a.pptx", "a.xlsx", "a.odt", "a.epub")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def try_reading(data: bytes, name: str) -> None:
    """Read it, and the files it holds, as far as that goes."""
    try:
        if is_article(name):
            document = read(data, name)
            assert document.blocks
            assert all(0 <= block.start < block.end <= len(document.text) for block in document.blocks)
    except UnreadableError as error:
        assert 0 < len(str(error)) < 200
    try:
        if holds_files(name):
            assert all(part.name for part in parts_of(data, name))
    except UnreadableError as error:
        assert 0 < len(str(error)) < 200


@pytest.mark.parametrize("name", SAMPLES)
@FEW
@given(data=st.data())
def test_a_file_with_bytes_changed_is_read_or_refused(name: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(sample) - 1))
        kind = data.draw(st.sampled_from(("change", "cut", "insert", "repeat")))
        if kind == "change":
            sample[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del sample[at : at + data.draw(st.integers(1, 200))]
        elif kind == "insert":
            sample[at:at] = data.draw(st.binary(max_size=50))
        else:
            sample[at:at] = bytes(sample[at : at + 40]) * data.draw(st.integers(1, 50))
        if not sample:
            return
    try_reading(bytes(sample), name)


@pytest.mark.parametrize("name", SAMPLES)
@FEW
@given(data=st.binary(max_size=2_000))
def test_rubbish_is_read_or_refused(name: str, data: bytes) -> None:
    try_reading(data, name)


@pytest.mark.parametrize("name", PACKAGES)
@FEW
@given(data=st.data())
def test_a_package_with_a_member_changed_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = BytesIO()
    with ZipFile(BytesIO(SAMPLES[name])) as source, ZipFile(whole, "w", ZIP_DEFLATED) as made:
        members = source.namelist()
        chosen = data.draw(st.sampled_from(members))
        for member in members:
            content = bytearray(source.read(member))
            if member == chosen and content:
                at = data.draw(st.integers(0, len(content) - 1))
                content[at : at + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=60))
            made.writestr(member, bytes(content))
    try_reading(whole.getvalue(), name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.html", b"<div>" * 50_000),
        ("wide.html", b"<p>" + b"<b>a</b>" * 50_000),
        ("attributes.html", b"<p " + b"a=1 " * 50_000 + b">x</p>"),
        ("deep.md", b"> " * 50_000 + b"x"),
        ("struck.md", b"~~a" * 50_000),
        ("comments.md", b"<!--" * 50_000),
        ("deleted.md", b"<del>" * 50_000),
        ("unclosed.md", b"<s>a " * 200_000),
        ("percent.md", b"%% a " * 50_000),
        ("row.md", b"| a " * 50_000),
        ("dates.txt", b"1. March 2024, " * 20_000),
        ("labels.txt", b"Published: " * 20_000),
        ("deep.rtf", rb"{\rtf1 " + b"{" * 50_000),
        ("strike.rtf", rb"{\rtf1 " + rb"\strike a" * 20_000),
        ("quotes.csv", b'"a,' * 50_000),
        ("parts.eml", b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 20_000),
        ("nested.eml", b"From: a@b\nContent-Type: message/rfc822\n\n" * 2_000),
        ("from.mbox", b"From a 2024\nSubject: x\n\n" * 25_000),
        ("deep.odt", office.zipped({"content.xml": b"<a>" * 50_000})),
    ],
)
def test_files_made_to_take_long_do_not(name: str, data: bytes) -> None:
    """The time is bounded by the runner; what is asserted is that they come to an end, one way or the other."""
    try_reading(data, name)
