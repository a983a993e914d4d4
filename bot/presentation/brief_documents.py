"""A briefing note as a Word document or a PDF."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from bot.presentation import brief_outline
from bot.presentation.brief_outline import BriefLine, BriefSection, NotePicture
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.source_lists import known
from retrieval.domain.briefs import Brief
from retrieval.domain.citations import Citation
from retrieval.errors import BriefingError
from retrieval.nlp.markup import visible

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SECONDS = 60
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PICTURE_WIDTH = 6.3  # inches, of the text of a page


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
    raise NoPdfError("a PDF needs WeasyPrint (`pip install 'briefing[pdf]'`) or Chromium; or choose --format docx")


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


def docx(note: Brief, bases: Bases, pictures: Mapping[str, NotePicture] = MappingProxyType({})) -> bytes:
    """The note as a Word document: headings, a table, footnotes for its sources, and the pictures of its sections.

    All text is text: no field, macro or link comes from an article but the addresses in the footnotes.
    """
    import docx as word

    document = word.Document()
    document.core_properties.title = _plain(brief_outline.title(note))
    document.core_properties.author = "briefing"
    writer = _Writer(document, {each.number: each for each in note.citations}, bases)
    document.add_heading(_plain(brief_outline.title(note)), 0)
    document.add_paragraph(_plain(brief_outline.subtitle(note)))
    for section in brief_outline.outline(note):
        writer.write(section, pictures.get(section.heading))
    if note.citations:
        document.add_paragraph(_plain(brief_outline.made_by(note)))
        writer.add_footnotes()
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


class _Writer:
    """Writes sections into a Word document, a footnote at every citation."""

    def __init__(self, document: Any, sources: dict[int, Citation], bases: Bases) -> None:
        self._document = document
        self._sources = sources
        self._bases = bases
        self._notes: list[Citation] = []

    def write(self, section: BriefSection, picture: NotePicture | None) -> None:
        """Write a section, with a picture below it."""
        self._document.add_heading(section.heading, 1)
        for line in section.lines:
            self._say(self._document.add_paragraph(style="List Bullet"), line)
        if section.rows:
            self._table(section)
        if picture:
            from docx.shared import Inches

            shape = self._document.add_picture(io.BytesIO(picture.png), width=Inches(_PICTURE_WIDTH))
            shape._inline.docPr.set("descr", _plain(picture.alt))

    def _table(self, section: BriefSection) -> None:
        table = self._document.add_table(rows=1, cols=3, style="Table Grid")
        for cell, name in zip(table.rows[0].cells, ("Actor", "Position", "Day"), strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        for row in section.rows:
            actor, position, day = table.add_row().cells
            actor.text, day.text = _plain(row.actor), row.day
            self._say(position.paragraphs[0], row.position)
            if row.before:
                self._say(position.add_paragraph(), row.before)

    def _say(self, paragraph: Any, line: BriefLine) -> None:
        if line.lead:
            paragraph.add_run(f"{_plain(line.lead)}: ").bold = True
        paragraph.add_run(_plain(line.text))
        for number in line.citations:
            self._notes.append(self._sources[number])
            self._refer(paragraph, len(self._notes))

    def _refer(self, paragraph: Any, note: int) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(note))
        run._r.append(reference)

    def add_footnotes(self) -> None:
        """Add the footnotes that were referred to; python-docx has no footnotes of its own."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        body = "".join(map(_footnote, range(1, len(self._notes) + 1), map(self._source, self._notes)))
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        xml = f'{head}<w:footnotes xmlns:w="{_WORD}">{_RULES}{body}</w:footnotes>'
        main = self._document.part
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, xml.encode(), main.package)
        main.relate_to(part, _FOOTNOTES)

    def _source(self, citation: Citation) -> str:
        where = best_link(citation, self._bases)
        parts = [f"[{citation.number}] {citation.title or citation.file}", *known(citation, where)]
        return " · ".join([*parts, where] if is_address(where) else parts)


# The lines that part footnotes from the text, which Word expects first.
_RULES = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{element}/></w:r></w:p></w:footnote>'
    for kind, number, element in (
        ("separator", -1, "separator"),
        ("continuationSeparator", 0, "continuationSeparator"),
    )
)


def _footnote(number: int, source: str) -> str:
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
    said = f'<w:r><w:t xml:space="preserve"> {escape(_plain(source))}</w:t></w:r>'
    return f'<w:footnote w:id="{number}"><w:p>{mark}{said}</w:p></w:footnote>'


def _plain(text: str) -> str:
    """Text that XML can hold, on one line."""
    return "".join(character for character in " ".join(visible(text).split()) if character.isprintable())
