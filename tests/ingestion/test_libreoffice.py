"""Files that LibreOffice itself wrote are read like those that the libraries write, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, SECOND

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PAGE = (
    f"<html><head><title>Report on the bridge</title></head><body><h1>2.1 Tariffs</h1><p>{FIRST}</p>"
    "<table><tr><td>State</td><td>Employees</td></tr><tr><td>California</td><td>4,213</td></tr></table>"
    f"<h1>3 Outlook</h1><p>{SECOND}</p></body></html>"
)
SHEET = "State,Employees\nCalifornia,4213\nTexas,3977\n"


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["docx", "odt", "rtf", "pdf", "xlsx"])
def test_what_libreoffice_writes_keeps_text_tables_and_headings(ending: str, tmp_path: Path) -> None:
    source = tmp_path / ("sheet.csv" if ending == "xlsx" else "report.html")
    source.write_text(SHEET if ending == "xlsx" else PAGE, "utf-8")
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += [] if ending == "xlsx" else ["--infilter=HTML (StarWriter)"]
    command += ["--convert-to", ending, "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    file = source.with_suffix(f".{ending}")
    text = " ".join(read(file.read_bytes(), file.name).text.split())
    assert "California" in text
    assert "4,213" in text or "4213" in text
    if ending != "xlsx":
        assert FIRST in text
        assert "3 Outlook" in text
