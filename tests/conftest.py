"""What tests of several packages share."""

import ctypes
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from retrieval.settings import ALIASES, Settings

_ARENA_MAX = -8  # `M_ARENA_MAX` of glibc's malloc.h
SEEDS = Path(__file__).parents[1] / "seeds"


def pytest_configure(config: pytest.Config) -> None:
    """Where Python is told to leave nothing compiled behind, keep it in pytest's own cache, for all processes of a run.

    Workers, and processes that tests start, would spend seconds on compiling Chroma and what that imports.
    """
    if sys.dont_write_bytecode and config.pluginmanager.has_plugin("cacheprovider"):
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("compiled"))
        sys.dont_write_bytecode = False
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Looking for garbage takes a tenth of a run as Python has it, which looks again whenever there are 700 objects more.
gc.set_threshold(20_000, 10, 5)


def pytest_collection_finish() -> None:
    """Look no more through what is imported by now."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests see no settings of whoever runs them: neither the environment's nor those of an `.env` file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("BRIEFING_") or name in ALIASES]:
            patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        # Bots of other workers have the same token.
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


@pytest.fixture(scope="session", autouse=True)
def few_arenas() -> None:
    """Keep what models free from piling up: the C library would hold an arena for every thread that ever ran one."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_ARENA_MAX, 2)


@pytest.fixture(scope="module", autouse=True)
def memory_returned() -> Iterator[None]:
    """Return what a module has freed to the system."""
    yield
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its workers see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedders of a run keep their models: built by the first test that embeds, then read by all."""
    folder = _shared(tmp_path_factory) / "models"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def one_model(models_dir: Path) -> Iterator[None]:
    """Whatever opens the default embedder in this process gets the one that all tests share."""
    from retrieval.embedding import base
    from tests.once import SharedMiniLM

    SharedMiniLM.folder = models_dir
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "MiniLM", SharedMiniLM)
        yield


@pytest.fixture(scope="session", autouse=True)
def tables_at_once() -> Iterator[None]:
    """A new catalog of this process gets its tables without Alembic; tests/storage/test_catalog.py runs that."""
    from retrieval.storage import migrations
    from tests.once import make_tables

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "migrate", make_tables)
        yield


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def both_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test of the module twice: with its catalogs in SQLite files, and on a PostgreSQL server."""
    if request.param == "sqlite":
        yield
        return
    from tests import servers

    with servers.on_server():
        yield


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A data folder with the seeds in it, brought in by the real embedder: to be copied, and left as it is.

    The first worker that needs it makes it, for all of the run.
    """
    from retrieval.bootstrap import open_briefing

    data_dir = _shared(tmp_path_factory) / "seeded"
    with FileLock(data_dir.with_suffix(".lock")):
        if not data_dir.exists():
            draft = tmp_path_factory.mktemp("seeded") / "data"
            draft.mkdir()
            (draft / "models").symlink_to(models_dir)
            with open_briefing(Settings(data_dir=draft)) as briefing:
                briefing.articles.ingest([SEEDS])
            draft.rename(data_dir)
    return data_dir


@pytest.fixture(scope="module")
def seeds_dir(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of it for the tests of one module."""
    return str(shutil.copytree(seeded, tmp_path_factory.mktemp("seeds") / "data", symlinks=True))


@pytest.fixture
def probes() -> list[str]:
    """The Chroma folders that this process has had looked into since the test began."""
    _listening()
    _PROBES.clear()
    return _PROBES


_PROBES: list[str] = []


@cache
def _listening() -> None:
    # Such a hook stays for good and is called for every file that is opened: only once a test asks for it.
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    # What the interpreter itself reports of every process that is started; such a hook stays for good.
    if event == "subprocess.Popen" and "retrieval.storage.vectors.integrity" in arguments[1]:
        _PROBES.append(str(arguments[1][-2]))
