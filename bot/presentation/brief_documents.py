"""A briefing note as a Word document or a PDF."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bot.presentation import brief_outline
from bot.presentation.brief_outline import BriefLine, BriefSection, NotePicture
from bot.presentation.files import known
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Brief
from retrieval.errors import BriefingError
from retrieval.nlp.markup import visible

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SECONDS = 60
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SMALL = '<w:sz w:val="16"/>'  # half points
_LINKED = f'<w:color w:val="0563C1"/>{_SMALL}<w:u w:val="single"/>'
# In millimetres: the margins of a page, and the columns of the table of positions.
_MARGIN, _COLUMNS = 18, (32, 114, 28)
# Points of a style's letters, and of the space before and after.
_STYLES = (
    ("Normal", 10, 0, 3),
    ("Title", 18, 0, 4),
    ("Heading 1", 12, 8, 3),
    ("List Bullet", 10, 0, 2),
    ("Caption", 8, 0, 6),
)


class NoPdfError(BriefingError):
    """Nothing on this machine can make a PDF."""


def pdf(page: str) -> bytes:
    """A web page as PDF, made by WeasyPrint, else by Chromium; neither loads anything from elsewhere.

    Raises:
        NoPdfError: neither is installed, or Chromium failed.
    """
    if find_spec("weasyprint"):
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher

        return bytes(HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=["data"])).write_pdf())
    if chromium := next(filter(None, map(shutil.which, _CHROMIUMS)), None):
        return _print_by(chromium, page)
    raise NoPdfError("a PDF needs WeasyPrint (`uv sync --extra pdf`) or Chromium; or choose --format docx")


def _print_by(chromium: str, page: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="briefing-") as folder:
        source, target = Path(folder) / "note.html", Path(folder) / "note.pdf"
        source.write_text(page, "utf-8")
        flags = ["--headless", "--no-pdf-header-footer", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
        # Chromium has no sandbox for root; the page has no script, and nothing of it is loaded.
        command = [chromium, *flags, "--no-sandbox", f"--print-to-pdf={target}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - our own flags
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise NoPdfError(f"Chromium could not make the PDF: {type(error).__name__}") from error


def docx(note: Brief, bases: Bases, pictures: Sequence[NotePicture] = (), words: OwnWords = ENGLISH) -> bytes:
    """The note as a Word document: headings, a table, footnotes for its sources, and its pictures.

    All text is text: no field, macro or link comes from an article but the addresses in the footnotes.
    """
    import docx as word

    document = word.Document()
    _set_up(document)
    document.core_properties.title = _plain(brief_outline.title(note))
    document.core_properties.author = "briefing"
    writer = _Writer(document, {each.number: each for each in note.citations}, bases, words)
    document.add_heading(_plain(brief_outline.title(note)), 0)
    document.add_paragraph(_plain(brief_outline.subtitle(note, words)))
    for section in brief_outline.outline(note, words):
        writer.write(section)
    for picture in pictures:
        writer.show(picture)
    if note.citations:
        document.add_paragraph(_plain(brief_outline.made_by(note, words)))
        writer.add_footnotes()
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _set_up(document: Any) -> None:
    """Make the page A4, and the text small enough for a note on a page."""
    from docx.shared import Mm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(_MARGIN)
    document.styles["Normal"].font.name = "Calibri"
    for name, size, before, after in _STYLES:
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1


class _Writer:
    """Writes sections into a Word document, a footnote for every source where it is first cited."""

    def __init__(self, document: Any, sources: dict[int, Citation], bases: Bases, words: OwnWords) -> None:
        self._document = document
        self._sources = sources
        self._bases = bases
        self._words = words
        self._notes: dict[int, int] = {}  # the footnote of a citation, by its number

    def write(self, section: BriefSection) -> None:
        """Write a section."""
        self._document.add_heading(section.heading, 1)
        for line in section.lines:
            self._say(self._document.add_paragraph(style="List Bullet"), line)
        if section.rows:
            self._table(section)

    def show(self, picture: NotePicture) -> None:
        """Show the picture with its caption."""
        from docx.shared import Mm

        shape = self._document.add_picture(io.BytesIO(picture.png), width=Mm(210 - 2 * _MARGIN))
        shape._inline.docPr.set("descr", _plain(picture.caption))
        self._document.paragraphs[-1].paragraph_format.keep_with_next = True
        self._document.add_paragraph(_plain(picture.caption), style="Caption")

    def _table(self, section: BriefSection) -> None:
        from docx.shared import Mm

        table = self._document.add_table(rows=1, cols=3, style="Table Grid")
        table.autofit = False
        for cell, name in zip(table.rows[0].cells, brief_outline.columns(self._words), strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        for row in section.rows:
            actor, position, day = table.add_row().cells
            actor.paragraphs[0].add_run(_plain(row.actor)).bold = True
            day.text = row.day
            self._say(position.paragraphs[0], row.position)
            if row.before:
                self._say(position.add_paragraph(), row.before)
        for column, width in zip(table.columns, _COLUMNS, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            _add(row._tr.get_or_add_trPr(), "w:cantSplit")
            for cell, width in zip(row.cells, _COLUMNS, strict=True):
                cell.width = Mm(width)
        _add(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")

    def _say(self, paragraph: Any, line: BriefLine) -> None:
        if line.lead:
            paragraph.add_run(f"{_plain(line.lead)}: ").bold = True
        paragraph.add_run(_plain(line.text))
        for place, number in enumerate(line.citations):
            self._refer(paragraph, number, ", " if place else "")

    def _refer(self, paragraph: Any, number: int, comma: str) -> None:
        """Refer to a source: by a footnote, or by the number of the footnote that it has already."""
        run = paragraph.add_run(comma)
        run.font.superscript = True
        if number in self._notes:
            run.add_text(str(self._notes[number]))
            return
        self._notes[number] = len(self._notes) + 1
        _add(run._r, "w:footnoteReference", id=str(self._notes[number]))

    def add_footnotes(self) -> None:
        """Add the footnotes that were referred to; python-docx has no footnotes of its own."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        main = self._document.part
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, None, main.package)
        body = "".join(
            _footnote(note, *self._source(self._sources[cited], part)) for cited, note in self._notes.items()
        )
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        part._blob = f'{head}<w:footnotes xmlns:w="{_WORD}" xmlns:r="{_LINKS}">{_RULES}{body}</w:footnotes>'.encode()
        main.relate_to(part, _FOOTNOTES)

    def _source(self, citation: Citation, part: Any) -> tuple[str, str, str]:
        """The line about a source, its address, and the name of the link to it; both empty where it has none."""
        where = best_link(citation, self._bases)
        said = " · ".join([citation.title or citation.file, *known(citation, where, self._words)])
        if not is_address(where):
            return said, "", ""
        return said, where, part.relate_to(where, f"{_LINKS}/hyperlink", is_external=True)


def _add(parent: Any, name: str, **attributes: str) -> None:
    """Add an element of Word's to one."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    parent.append(element)


# The lines that part footnotes from the text, which Word expects first.
_RULES = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{element}/></w:r></w:p></w:footnote>'
    for kind, number, element in (
        ("separator", -1, "separator"),
        ("continuationSeparator", 0, "continuationSeparator"),
    )
)
_TIGHT = '<w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'


def _footnote(number: int, said: str, where: str, link: str) -> str:
    mark = f'<w:r><w:rPr>{_SMALL}<w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
    text = _run(f" {said}")
    if link:
        text += f'{_run(" · ")}<w:hyperlink r:id="{link}">{_run(where, _LINKED)}</w:hyperlink>'
    return f'<w:footnote w:id="{number}"><w:p>{_TIGHT}{mark}{text}</w:p></w:footnote>'


def _run(text: str, look: str = _SMALL) -> str:
    said = escape(_plain(text))
    lead, end = (" " if edge.isspace() else "" for edge in (text[0], text[-1]))
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{lead}{said}{end}</w:t></w:r>'


def _plain(text: str) -> str:
    """Text that XML can hold, on one line."""
    return "".join(character for character in visible(text) if character.isprintable())
