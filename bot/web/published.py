"""Digests and notes kept as pages of a server, for what a channel has seen, under signed addresses that end."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Literal

from bot.presentation.links import address
from bot.presentation.words import ENGLISH, OwnWords, phrase
from bot.settings import BotSettings

Kind = Literal["digest", "note"]

_log = logging.getLogger(__name__)

# The seconds that an address works, and the most pages that a server keeps.
LASTS = 30 * 86_400
_MOST = 200
# Characters of a question that are compared: a page shortens a long one.
_BEGUN = 60
_SERVER = re.compile(r"[0-9]{1,20}")
_PAGE = re.compile(r"[0-9]{10,15}-[A-Za-z0-9_-]{8}")
_UNTIL = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """A page of a server; `at` is when it was made, in seconds since 1970."""

    id: str
    kind: Kind
    title: str
    at: int


class PublishedPages:
    """The pages in a folder, one file a page, behind a line that says what it is; and the secret that signs."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def keep(self, server: str, kind: Kind, title: str, page: str) -> str:
        """Keep a page; returns its id. The oldest pages go where there are too many.

        Raises:
            OSError: it cannot be written.
        """
        folder = self._of(server)
        folder.mkdir(parents=True, exist_ok=True)
        at = self._clock()
        # In milliseconds, so that pages sort by their names as they came.
        name = f"{int(at * 1000)}-{secrets.token_urlsafe(6)}"
        head = json.dumps({"kind": kind, "title": title, "at": int(at)})
        unfinished = folder / f"{name}.part"
        unfinished.write_text(f"{head}\n{page}", "utf-8", errors="replace")
        unfinished.replace(folder / f"{name}.html")
        for old in sorted(folder.glob("*.html"), reverse=True)[_MOST:]:
            old.unlink(missing_ok=True)
        return name

    def forget(self, server: str) -> None:
        """Delete the pages of a server."""
        rmtree(self._of(server), ignore_errors=True)

    def expire(self, days: int) -> int:
        """Delete the pages that are older than so many days, 0 for none; returns their number."""
        oldest = int((self._clock() - days * 86_400) * 1000) if days else 0
        return self._delete(lambda page: int(page.stem.partition("-")[0]) < oldest)

    def forget_questions(self, questions: Collection[str]) -> int:
        """Delete the pages that list one of these questions as one without an answer; returns their number."""
        begun = {" ".join(question.split())[:_BEGUN] for question in questions}
        return self._delete(lambda page: _has_any(html.unescape(page.read_text("utf-8")), begun)) if begun else 0

    def _delete(self, is_gone: Callable[[Path], bool]) -> int:
        gone = [page for page in self._folder.glob("*/*.html") if is_gone(page)]
        for page in gone:
            page.unlink(missing_ok=True)
        return len(gone)

    def listed(self, server: str) -> list[PublishedPage]:
        """The pages of a server, the newest first."""
        found = []
        for file in sorted(self._of(server).glob("*.html"), reverse=True):
            with file.open(encoding="utf-8") as lines:
                found.append(PublishedPage(file.stem, **json.loads(lines.readline())))
        return found

    def read(self, server: str, page: str) -> str | None:
        """A page of a server; None where there is none."""
        if not _PAGE.fullmatch(page):
            return None
        try:
            return (self._of(server) / f"{page}.html").read_text("utf-8").partition("\n")[2]
        except FileNotFoundError:
            return None

    def address(self, public_url: str, server: str, page: str = "") -> str:
        """The address of a page, or of the index of a server's pages, that works from now on for a while."""
        until = int(self._clock()) + LASTS
        return f"{public_url.rstrip('/')}/s/{self.path(server, page, until)}"

    def path(self, server: str, page: str, until: int) -> str:
        """The signed end of an address."""
        place = f"{server}/{page}" if page else server
        return f"{place}?until={until}&sig={self._sign(server, page, until)}"

    def allows(self, server: str, page: str, until: str, signature: str) -> Literal["yes", "no", "expired"]:
        """Tell if an address is signed by this folder's secret for this page of this server, and has not expired."""
        if not _SERVER.fullmatch(server) or not _UNTIL.fullmatch(until):
            return "no"
        if not hmac.compare_digest(self._sign(server, page, int(until)).encode(), signature.encode("utf-8", "replace")):
            return "no"
        return "yes" if int(until) > self._clock() else "expired"

    def _sign(self, server: str, page: str, until: int) -> str:
        message = f"{server}\n{page}\n{until}".encode("utf-8", "replace")
        return hmac.new(self._secret(), message, hashlib.sha256).hexdigest()[:32]

    def _secret(self) -> bytes:
        """The secret, made at its first use; who has it can read everything, so that only the owner may read it."""
        file = self._folder / "secret"
        try:
            return file.read_bytes()
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(f".{secrets.token_hex(4)}")
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as written:
                written.write(secrets.token_bytes(32))
            try:
                # Another process may have been faster: its secret stays.
                os.link(unfinished, file)
            except FileExistsError:
                _log.debug("the secret was made by another process")
            finally:
                unfinished.unlink()
            return file.read_bytes()

    def _of(self, server: str) -> Path:
        if not _SERVER.fullmatch(server):
            raise ValueError("not the id of a server")
        return self._folder / server


def _has_any(text: str, wanted: Collection[str]) -> bool:
    return any(each in text for each in wanted)


# The most characters of the line that leads to a page.
LINE = 300
_KINDS: Mapping[Kind, str] = {"digest": phrase("This digest as a page"), "note": phrase("This note as a page")}
# Its label is in the language of whoever asked.
_LEADS = re.compile(r"^-# \[[^\[\]\n]+\]\(<[^<>\n]+/s/[^<>\n]+>\)$", re.MULTILINE)


class PageShelf:
    """Keeps pages for servers, and words the lines that lead to them; without a web address it keeps nothing.

    They are served by this process at its port, or `elsewhere`, by `briefing web`.
    """

    def __init__(self, settings: BotSettings, elsewhere: bool = False) -> None:
        self._public = address(settings.public_url) if settings.reader_port or elsewhere else ""
        self.pages = PublishedPages(settings.data_dir / "pages")

    @property
    def room(self) -> int:
        """The characters that a message leaves free for the line."""
        return LINE if self._public else 0

    def keep(
        self, guild: int | None, kind: Kind, title: str, make: Callable[[], str], words: OwnWords = ENGLISH
    ) -> str:
        """Make and keep a page of a server; the line that leads to it.

        Empty where no page is kept, or where that fails: the message goes out anyway.
        """
        if not self._public or not guild:
            return ""
        try:
            made = self.pages.keep(str(guild), kind, title, make())
        except OSError as error:
            _log.warning("a page of a %s was not kept: %s", kind, error)
            return ""
        return _line(words(_KINDS[kind]), self.pages.address(self._public, str(guild), made))

    def index(self, guild: int | None, words: OwnWords = ENGLISH) -> str:
        """The line that leads to all pages of a server; empty where there is none."""
        if not self._public or not guild:
            return ""
        return _line(words("Digests and notes of this server as pages"), self.pages.address(self._public, str(guild)))


def leading_line(text: str) -> str:
    """The line of a message that leads to its page; empty where it has none."""
    found = _LEADS.search(text)
    return found[0] if found else ""


def _line(label: str, where: str) -> str:
    line = f"-# [{label}](<{where}>)"
    return line if len(line) <= LINE else ""
