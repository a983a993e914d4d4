"""Scanned PDF files read by `ocrmypdf`, where that is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from retrieval.errors import UnreadableError

_PROGRAM = "ocrmypdf"
_SECONDS = 600
MISSING = "a scan without text: install ocrmypdf to have scans read"


def recognised(data: bytes) -> bytes:
    """The PDF with a layer of text that was read from its pictures.

    Raises UnreadableError where the program is not installed, or cannot read it.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise UnreadableError(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "scan.pdf"), Path(folder, "read.pdf")
        source.write_bytes(data)
        command = [program, "--force-ocr", "--quiet", "--output-type", "pdf", str(source), str(made)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603
            return made.read_bytes()
        except subprocess.TimeoutExpired:
            raise UnreadableError(f"a scan that takes over {_SECONDS // 60} minutes to read") from None
        except (subprocess.CalledProcessError, OSError):
            raise UnreadableError("a scan that ocrmypdf cannot read") from None
