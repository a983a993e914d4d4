"""What runs in a process of its own in the tests, so that it can be killed, stopped and raced with.

The processes are forked from a server of `multiprocessing`'s own that has imported everything once: starting
Python and importing Chroma takes longer than most of what is tested.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pty
import re
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

# For the server, which imports this module before it forks.
import alembic.command
import alembic.config  # noqa: F401
import chromadb  # noqa: F401

import retrieval.bootstrap
from bot.cli import main as cli
from bot.presentation import terminal
from retrieval.embedding.base import Embedder
from retrieval.observing import SILENT, Progress
from retrieval.settings import Settings
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.sync import open_vectors
from tests.fakes import WordVectors, catalog_url, open_with

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.commands"])
# Seconds: far more than anything here takes; what takes longer hangs.
PATIENCE = 60


@dataclass(slots=True)
class Running:
    """A process and the pipe to it."""

    process: BaseProcess
    pipe: Connection

    def hear(self) -> Any:
        """What the process says next; EOFError where it has ended instead."""
        assert self.pipe.poll(PATIENCE), "the process says nothing"
        return self.pipe.recv()

    def say(self, word: str) -> None:
        """Let a process that waits for a word go on."""
        self.pipe.send(word)

    def go_on_until(self, said: str) -> str:
        """Let a process that waits at every step go on to the step where it says something that begins so."""
        while not (heard := str(self.hear())).startswith(said):
            self.say("go on")
        return heard

    def listen(self, seconds: float) -> bool:
        """Hear the process out for some time; whether it is still there then."""
        end = time.perf_counter() + seconds
        try:
            while (left := end - time.perf_counter()) > 0:
                if self.pipe.poll(left):
                    self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Its exit status; negative where a signal ended it."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "the process does not end"
        self.pipe.close()
        return self.process.exitcode


def start(work: Callable[..., object], *arguments: object) -> Running:
    """Run `work(pipe, *arguments)` in a process of its own."""
    ours, theirs = _FORKS.Pipe()
    process = _FORKS.Process(target=_work, args=(dict(os.environ), work, theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    return Running(process, ours)


def _work(environment: Mapping[str, str], work: Callable[..., object], *arguments: object) -> None:
    # The server that was forked has the environment of the moment it was started.
    os.environ.clear()
    os.environ.update(environment)
    work(*arguments)


@dataclass(frozen=True, slots=True)
class Ended:
    """The exit status and the output of a command."""

    status: int
    out: str
    err: str


@dataclass(slots=True)
class Command:
    """A command of the command line while it runs."""

    running: Running
    folder: Path

    def go_on(self) -> Ended:
        """Let it go on at every step, until it ends."""
        with suppress(EOFError, ConnectionError):
            while True:
                self.running.say("go on")
                self.running.hear()
        return self.ended()

    def ended(self) -> Ended:
        """Wait for its end."""
        status = self.running.wait()
        return Ended(status, (self.folder / "out").read_text("utf-8"), (self.folder / "err").read_text("utf-8"))


def start_briefing(
    folder: Path,
    *arguments: object,
    pausing: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
    prepare: Callable[[], object] | None = None,
) -> Command:
    """Start the real command line over `WordVectors`; what it prints goes to files in the folder.

    Where `pausing`, it waits for a word at every step of its work, instead of drawing a bar. `prepare` is called in the
    process first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = [str(argument) for argument in arguments]
    return Command(start(_command, folder, said, pausing, dict(environment), prepare), folder)


def briefing(folder: Path, *arguments: object) -> Ended:
    """Run a command of the command line to its end."""
    return start_briefing(folder, *arguments).ended()


def _command(
    pipe: Connection,
    folder: Path,
    arguments: Sequence[str],
    pausing: bool,
    environment: Mapping[str, str],
    prepare: Callable[[], object] | None,
) -> None:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    retrieval.bootstrap.open_embedder = _words  # type: ignore[attr-defined, assignment]
    if pausing:
        terminal.progress = lambda: _telling(pipe, pausing)
    os.environ.update(environment)
    if prepare:
        prepare()
    sys.argv = ["briefing", *arguments]
    cli.main()


@dataclass(frozen=True, slots=True)
class Screen:
    """The exit status of a command at a terminal, and what it wrote there, with the codes of the terminal."""

    status: int
    written: str

    @property
    def lines(self) -> list[str]:
        """The lines as a person sees them."""
        return re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[?\d;]*[a-zA-Z]|\r", "", self.written).split("\n")


def at_terminal(
    *arguments: object,
    typed: Sequence[str] = (),
    columns: int = 80,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Screen:
    """Run a command over `WordVectors` at a terminal of its own; a line is `typed` whenever it prompts for one."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    running = start(_at_terminal, os.ttyname(theirs), dict(environment), [str(argument) for argument in arguments])
    written, left = b"", list(typed)
    while ours in wait([ours, running.process.sentinel], PATIENCE):
        written += os.read(ours, 1 << 16)
        if left and written.endswith(b"> "):
            os.write(ours, left.pop(0).encode())
    status = running.wait()
    os.close(theirs)
    os.close(ours)
    return Screen(status, written.decode().replace("\r\n", "\n"))


def _at_terminal(_pipe: Connection, terminal: str, environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    os.setsid()
    opened = os.open(terminal, os.O_RDWR)
    for number in range(3):
        os.dup2(opened, number)
    sys.stdin = os.fdopen(0, closefd=False)
    for name in ("COLUMNS", "NO_COLOR", "TERM_PROGRAM"):
        os.environ.pop(name, None)
    os.environ.update({"TERM": "xterm-256color", **environment})
    retrieval.bootstrap.open_embedder = _words  # type: ignore[attr-defined, assignment]
    sys.argv = ["briefing", *arguments]
    cli.main()


def _words(_name: str, _folder: Path, **_others: object) -> Embedder:
    return Embedder("words", WordVectors())


def ingest(pipe: Connection, data_dir: Path, folder: Path, pausing: bool = False) -> None:
    """Ingest the folder and tell the pipe of every step; where `pausing`, wait for a word at each."""
    cli.stop_on_sigterm()
    with open_with(data_dir, progress=_telling(pipe, pausing)) as opened:
        opened.articles.ingest([folder])
        pipe.send("closing")
    pipe.send("closed")


def hold(pipe: Connection, data_dir: Path) -> None:
    """Hold the vector index, as a bot does; follow the catalog at every word but `close`."""
    catalog = open_catalog(catalog_url(data_dir))
    index = open_vectors(catalog, data_dir, None, SILENT)
    pipe.send(type(index).__name__)
    while pipe.recv() != "close":
        pipe.send(index.follow())
    index.close()
    catalog.close()


def _telling(pipe: Connection, pausing: bool) -> Progress:
    def tell(step: str) -> None:
        pipe.send(step)
        if pausing:
            pipe.recv()

    @contextmanager
    def track(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
        tell(f"{work} {total} {unit}")
        yield lambda done: tell(f"{work}: {done} done")

    return Progress(track, tell)


def reindex(pipe: Connection, data_dir: Path, name: str) -> None:
    """Embed the data folder anew with another model of words, and wait for a word at every step."""
    retrieval.bootstrap.open_embedder = _words_of(name)  # type: ignore[attr-defined]
    cli.stop_on_sigterm()
    settings = Settings(data_dir=data_dir, embeddings=name)
    done = retrieval.bootstrap.reindex(settings, _telling(pipe, True))
    pipe.send(f"done: {done.embedded} of {done.passages}")


def _words_of(name: str) -> Callable[..., Embedder]:
    return lambda *_ignored, **_others: Embedder(name, WordVectors(dimensions=48))
