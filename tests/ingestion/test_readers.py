"""Files become documents, whatever their encoding; what cannot be read says why."""

import gzip
from pathlib import Path

import pytest

from retrieval.errors import UnreadableError
from retrieval.ingestion import reading
from retrieval.ingestion.reading import load_bytes, read, readable
from tests.ingestion.samples import ARTICLE, FIRST, NASTY, PAGE, SECOND, pdf, read_text, texts


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md", "A.TXT", "a.html", "a.htm", "a.pdf", "a.txt.gz", "a.PDF.GZ", "a.b.md", "a.docx", "a.zip"]
)
def test_names_of_articles_are_readable(name: str) -> None:
    assert readable(Path("folder") / name)


@pytest.mark.parametrize("name", ["a.doc", "sources.toml", "txt", ".txt", "a.gz", "a.txt.bak"])
def test_other_names_are_not(name: str) -> None:
    assert not readable(Path(name))


def test_text_is_the_file_itself_and_blocks_are_its_paragraphs() -> None:
    document = read_text(ARTICLE)
    assert document.text == ARTICLE
    assert texts(document) == ["Council Closes Old Bridge", FIRST, SECOND]
    assert [block.kind for block in document.blocks] == ["heading", "paragraph", "paragraph"]
    assert document.format == "txt"


def test_the_raised_numbers_of_notes_are_no_figures_of_the_text() -> None:
    noted = ARTICLE.replace(FIRST, f"{FIRST}1 The quay is closed.2").replace(SECOND, f"{SECOND}3")
    document = read_text(noted)
    assert texts(document)[1:] == [f"{FIRST}  The quay is closed.", SECOND]
    assert len(document.text) == len(noted)
    assert read_text(f"{FIRST} They saw strain No.4 Then strain No.5 came.").text.endswith(
        "No.4 Then strain No.5 came."
    )
    assert "ago.7 The" in read_text(f"{FIRST} It closed a year ago.7 The quay stays open.").text


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_count_characters_of_the_decoded_file(mark: str, newline: str) -> None:
    data = (mark + ARTICLE.replace("\n", newline).replace("old", "öld🌉")).encode()
    document = read(data, "a.txt")
    decoded = data.decode("utf-8")
    assert document.text == decoded
    found = [decoded[block.start : block.end] for block in document.blocks]
    assert found[1:] == [FIRST.replace("old", "öld🌉"), SECOND]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32", "utf-8-sig"])
def test_other_encodings_are_recognised(encoding: str) -> None:
    body = "Die Stadträte schließen die Brücke für zwei Jahre – „aus Vorsicht“, wie es heißt. Fähren fahren täglich."
    document = read(body.encode(encoding), "a.txt")
    assert texts(document) == [body]


def test_one_accent_does_not_make_a_text_chinese() -> None:
    assert read("Café closes".encode("cp1252"), "a.txt").text == "Café closes"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a.txt.gz"])
@pytest.mark.parametrize("content", [b"", b" \n\t\r\n "])
def test_nothing_is_empty(name: str, content: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^empty$"):
        read(gzip.compress(content) if name.endswith(".gz") else content, name)


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"text with a \0 in it", b"\x01\x02\x03\x04\x05\x06\x07", bytes(100)]
)
def test_what_is_no_text_is_binary(content: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^binary$"):
        read(content, "a.txt")


def test_gzip_is_unpacked_for_every_format() -> None:
    assert texts(read(gzip.compress(ARTICLE.encode()), "a.txt.gz")) == texts(read_text(ARTICLE))
    assert FIRST in texts(read(gzip.compress(PAGE.encode()), "a.html.gz"))
    assert texts(read(gzip.compress(pdf([[FIRST]])), "a.pdf.gz"))
    halves = gzip.compress(ARTICLE[:50].encode()) + gzip.compress(ARTICLE[50:].encode())
    assert read(halves, "a.txt.gz").text == ARTICLE


@pytest.mark.parametrize(
    "data", [b"plain text", gzip.compress(b"cut off " * 99, mtime=0)[:-12], gzip.compress(b"a", mtime=0) * 2_000]
)
def test_a_gzip_file_that_is_none_is_broken(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^broken gzip$"):
        read(data, "a.txt.gz")


def test_too_large_is_said_before_the_work() -> None:
    with pytest.raises(UnreadableError, match="too large"):
        read(b"word " * 300, "a.txt", limit=1_000)
    bomb = gzip.compress(b"\0" * 3_000_000)
    with pytest.raises(UnreadableError, match=r"too large \(over 0.5 MB\)"):
        read(bomb, "a.txt.gz", limit=500_000)


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(reading, "read", None)
    with pytest.raises(UnreadableError, match="too large"):
        load_bytes(path)


@pytest.mark.slow
def test_a_text_of_endless_lines_is_too_large() -> None:
    with pytest.raises(UnreadableError, match="too large"):
        read(b"a\n" * 250_000, "a.txt")


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        load_bytes(tmp_path / "gone.txt")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnreadableError, match="not a format"):
        read(b"text", "a.doc")


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_strings_do_no_harm(nasty: str) -> None:
    for text in (nasty, f"{nasty}\n\n{FIRST}\n", f"{FIRST}\n\n{nasty}\n\n{SECOND}"):
        for name in ("a.txt", "a.md", "a.html"):
            try:
                document = read(text.encode(), name)
            except UnreadableError:
                continue
            assert texts(document)
            assert all(piece == piece.strip() != "" for piece in texts(document))
    assert FIRST in texts(read_text(f"{FIRST}\n\n{nasty}\n\n{SECOND}"))
