"""Office files, mails and books for the tests of reading, made by the libraries that others make them with."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from io import BytesIO
from typing import Any

from tests.ingestion.samples import FIRST, SECOND

ROWS = [("State", "Employees", "Month"), ("California", "4,213", "February 2026"), ("Texas", "3,977", "February 2026")]


def docx() -> bytes:
    """A report with headings, a list, a table, and runs that nobody sees."""
    import docx as library

    file = library.Document()
    file.core_properties.title, file.core_properties.author = "Report on the bridge", "Jane Roe"
    file.add_heading("Council Closes Old Bridge", 0)
    file.add_paragraph("3 December 2024")
    file.add_heading("2.1 Tariffs", 1)
    told = file.add_paragraph(FIRST + " ")
    told.add_run("It fell down.").font.strike = True
    told.add_run("It is a secret.").font.hidden = True
    told.add_run("Nobody was hurt.")
    file.add_paragraph("The ferry is free.", style="List Bullet")
    file.add_paragraph("It takes no cars.", style="List Bullet")
    table = file.add_table(rows=0, cols=3)
    for cells in ROWS:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    file.add_heading("3 Outlook", 1)
    file.add_paragraph(SECOND)
    return _saved(file)


def numbered_docx() -> bytes:
    """A report whose headings Word numbers itself: 1, 1.1, 1.2 and A, in two lists, by style and by hand."""
    import docx as library
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    file = library.Document()
    numbers = file.part.numbering_part.element
    levels = ("decimal", "%1", "Heading1"), ("decimal", "%1.%2", "Heading2")
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text, style) in enumerate(levels)
    )
    letters = '<w:lvl w:ilvl="0"><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1."/></w:lvl>'
    for id_, levels_ in (("90", inner), ("91", letters)):
        numbers.insert(0, parse_xml(f'<w:abstractNum {space} w:abstractNumId="{id_}">{levels_}</w:abstractNum>'))
        numbers.append(parse_xml(f'<w:num {space} w:numId="{id_}"><w:abstractNumId w:val="{id_}"/></w:num>'))
    for style in ("Heading 1", "Heading 2"):
        file.styles[style].element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {space}><w:numId w:val="90"/></w:numPr>')
        )
    for level, title in ((1, "Tariffs"), (2, "Lorries"), (2, "Cars"), (1, "Outlook"), (2, "Tolls")):
        file.add_heading(title, level)
        file.add_paragraph(FIRST)
    annex = file.add_heading("Annex", 1)
    annex._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {space}><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr>'))
    file.add_paragraph(SECOND)
    return _saved(file)


def pptx() -> bytes:
    """Two slides and a hidden one, with a list, a table and notes."""
    import pptx as library

    file = library.Presentation()
    for title, text in (("Port of Velden", FIRST), ("Costs", SECOND), ("Hidden", "The minister has resigned.")):
        slide = file.slides.add_slide(file.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    slides = list(file.slides)
    slides[2].element.set("show", "0")
    slides[1].notes_slide.notes_text_frame.text = "Say that the ferry is free."
    table = slides[1].shapes.add_table(len(ROWS), 3, 0, 0, 5_000_000, 1_000_000).table
    for number, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            table.cell(number, column).text = text
    return _saved(file)


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of these sheets."""
    import openpyxl

    file = openpyxl.Workbook()
    file.remove(file.active)
    for name, rows in sheets.items():
        sheet = file.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return _saved(file)


def eml(attached: Mapping[str, bytes] | None = None, html: str = "", **headers: str) -> bytes:
    """A mail of Jane Roe's; headers are given by their names, with underscores for hyphens."""
    mail = EmailMessage()
    told = {
        "Subject": "Re: Talks in Velden",
        "From": "Jane Roe <jane@harbour.example>",
        "To": "desk@harbour.example",
        "Date": "Tue, 03 Dec 2024 23:30:00 -0500",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in told.items():
        mail[name] = value
    mail.set_content(f"Dear all,\n\n{FIRST}\n\n{SECOND}\n\n-- \nJane Roe\nHarbour Post\n")
    if html:
        mail.add_alternative(html, subtype="html")
    for name, data in (attached or {}).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


def mbox(mails: Sequence[bytes]) -> bytes:
    """A box of mails, as `mailbox` writes it."""
    return b"".join(b"From jane@harbour.example Tue Dec  3 09:30:00 2024\n" + mail + b"\n" for mail in mails)


def odt() -> bytes:
    """A text with a heading, a list, a table, a note, a tracked deletion and struck words."""
    names = ("office", "text", "table", "style")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        + "</table:table-row>"
        for cells in ROWS
    )
    content = f"""<?xml version="1.0"?><office:document-content {spaces}><office:automatic-styles>
<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>
</office:automatic-styles><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion>
<text:p>The minister has resigned.</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h>Council Closes Old Bridge</text:h><text:h>2.1 Tariffs</text:h>
<text:p>{FIRST}<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>By one vote.</text:p>
</text:note-body></text:note> <text:span text:style-name="T1">It fell down.</text:span>Nobody was hurt.</text:p>
<text:list><text:list-item><text:p>The ferry is free.</text:p></text:list-item></text:list>
<table:table>{rows}</table:table><text:p>{SECOND}</text:p></office:text></office:body></office:document-content>"""
    meta = """<?xml version="1.0"?><office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0">
<office:meta><meta:initial-creator>Jane Roe</meta:initial-creator><dc:date>2024-12-03T09:30:00</dc:date></office:meta>
</office:document-meta>"""
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content, "meta.xml": meta})


def epub() -> bytes:
    """A book of two chapters, the second named first in the package's list."""
    package = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"><metadata
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Harbour Book</dc:title><dc:creator>Jane Roe</dc:creator>
<dc:publisher>Harbour Press</dc:publisher><dc:date>2024-12-03</dc:date></metadata><manifest>
<item id="b" href="text/b.xhtml"/><item id="a" href="text/a%20one.xhtml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
    container = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
    head = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    chapters = {
        "OEBPS/text/a one.xhtml": f"{head}<h1>One: the bridge</h1><p>{FIRST}</p><ul><li>The ferry is free.</li></ul>",
        "OEBPS/text/b.xhtml": f"{head}<h1>Two: repairs</h1><p>{SECOND}</p></body></html>",
    }
    return zipped({"META-INF/container.xml": container, "OEBPS/book.opf": package, **chapters})


def rtf() -> bytes:
    """A text with a title, umlauts in two ways, struck and hidden words, and a table."""
    rows = "".join(r"\trowd " + "".join(f"{cell}\\cell " for cell in cells) + "\\row\n" for cells in ROWS)
    return (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Council Closes Old Bridge}{\author Jane Roe}"
        r"{\creatim\yr2024\mo12\dy3\hr9}}\f0 " + FIRST + r"\par The B\'fcrgermeister said \u8220?yes\u8221?."
        r"{\strike It fell down.} {\v It is a secret.}\par " + rows + SECOND + r"\par}"
    ).encode("ascii")


def mhtml(page: str, address: str) -> bytes:
    """A page as a browser saves it, with a style sheet beside it."""
    mail = EmailMessage()
    mail["Snapshot-Content-Location"], mail["Subject"] = address, "saved"
    mail.set_content(page, subtype="html", cte="quoted-printable")
    mail.make_related()
    mail.add_related(b"p {color: red}", maintype="text", subtype="css")
    return bytes(mail)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """An archive of these files."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return whole.getvalue()


def _saved(file: Any) -> bytes:
    whole = BytesIO()
    file.save(whole)
    return whole.getvalue()
