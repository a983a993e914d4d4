"""What holds for any text at all."""

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, NASTY, SECOND

LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [*NASTY, FIRST, SECOND, "Related", "By Jane Roe", "# Title", "* item", "| a | b |", "```", "<!--", "---"]
    ),
)
ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\r\n\r\n", " \n"])
TEXTS = st.lists(st.tuples(LINES, ENDS), min_size=1, max_size=25).map(lambda parts: "".join(a + b for a, b in parts))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, name=st.sampled_from(["a.txt", "a.md"]))
def test_blocks_are_ordered_trimmed_and_within_the_text(text: str, name: str) -> None:
    data = text.encode("utf-8", "replace")
    try:
        document = read(data, name)
    except UnreadableError as error:
        assert 0 < len(str(error)) < 200
        return
    source = data.decode("utf-8")
    # Spaces stand where Markdown strikes out or comments; all else is the file's, in its place.
    assert len(document.text) == len(source)
    assert all(one in (other, " ") for one, other in zip(document.text, source, strict=True))
    assert document.blocks
    previous = 0
    for block in document.blocks:
        assert previous <= block.start < block.end <= len(document.text)
        piece = document.text[block.start : block.end]
        assert piece == piece.strip()
        previous = block.end
    assert document.metadata.title is None or 0 < len(document.metadata.title) <= 300
