"""Turns settings into objects; the only place that does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import timedelta
from functools import cache, cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from retrieval.domain.llm import Reply, Task
from retrieval.domain.phrase import Phrase
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.errors import BusyError, ChatError, SettingsError, StoreError
from retrieval.feeds.fetching import Rounds, open_fetcher
from retrieval.llm.client import name_of
from retrieval.llm.requests import LanguageModel, PromptRequest, SecondLook
from retrieval.llm.service import Chat, open_chat
from retrieval.observing import SILENT, Progress
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.settings import Settings
from retrieval.storage.backup import Manifest, make_backup, restore_backup
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.copying import Sum, migrate_catalog
from retrieval.storage.limits import HostTurns, Quotas
from retrieval.storage.locks import alone, try_lock, writing_articles
from retrieval.storage.sqlite import has_log
from retrieval.storage.usage import Budget, Replies
from retrieval.storage.vectors import integrity
from retrieval.storage.vectors.chroma import DownloadedMiniLM, drop_from_server
from retrieval.storage.vectors.stored import Reindexed
from retrieval.storage.vectors.stored import reindex as reindex_catalog
from retrieval.storage.vectors.sync import Index, LentVectors, open_vectors
from retrieval.storage.vectors.synced import FOLLOWING

if TYPE_CHECKING:
    from retrieval.chain import BriefingChain


@contextmanager
def open_briefing(
    settings: Settings,
    progress: Progress = SILENT,
    chat: Any = None,
    holds_index: bool = True,
) -> Iterator[Briefing]:
    """A briefing over the data folder of the settings; it is closed on exit. Without `holds_index` it searches the
    stored vectors exactly and leaves a vector index in the folder to others: one question takes less than loading it.

    `chat` is a `BaseChatModel` of LangChain's that replaces the model of the settings. Models and the vector index
    are opened when first needed.
    """
    catalog = _open_catalog(settings, progress)
    loading = Lock()

    @cache
    def load() -> Embedder:
        opened = open_embedder(settings.embeddings, settings.models, fallback=DownloadedMiniLM)
        catalog.check_model(opened.name)
        return opened

    def embedder() -> Embedder:
        with loading:
            return load()

    vectors: Callable[[], Index] = partial(open_vectors, catalog, settings.data_dir, settings.chroma, progress)
    if not holds_index and not settings.chroma:
        vectors = partial(LentVectors, catalog, settings.data_dir, vectors)
    rounds = Rounds(
        partial(open_fetcher, settings.allow_loopback, HostTurns(catalog)),
        every=timedelta(minutes=settings.poll_minutes),
    )
    budget = Budget(catalog, settings.chat_tokens_person, settings.chat_tokens_day)
    model = _model(settings, catalog, budget, progress, chat)
    briefing = Briefing(
        Corpus(catalog, embedder, vectors, settings.data_dir, progress),
        topics=settings.topics,
        rounds=rounds,
        chat=model,
        second=_second(settings, model, catalog, budget, progress, name_of(chat)),
        aged_days=settings.aged_days,
        quotas=Quotas(
            person_articles=settings.add_person,
            person_characters=settings.add_person_characters,
            server_articles=settings.add_server,
            server_characters=settings.add_server_characters,
        ),
        keep_days=settings.keep_days,
    )
    try:
        yield briefing
    finally:
        briefing.close()


@contextmanager
def open_chain(settings: Settings, progress: Progress = SILENT, chat: Any = None) -> Iterator[BriefingChain]:
    """A LangChain Runnable from questions to answers over the data folder of the settings; it is closed on exit."""
    # LangChain takes a while to load.
    from retrieval.chain import BriefingChain

    with open_briefing(settings, progress, chat=chat) as briefing:
        yield BriefingChain(briefing)


def _open_catalog(settings: Settings, progress: Progress) -> Catalog:
    """The catalog, looked at first where it was not closed properly.

    Raises:
        StoreError: it is damaged, or gone while its vector index is there.
    """
    url = settings.database_url.get_secret_value()
    chroma = settings.data_dir / "chroma"
    indexed = (chroma / "chroma.sqlite3").exists()
    if settings.has_server:
        return open_catalog(url, chroma if indexed else None)
    place = Path(url.removeprefix("sqlite:///") or settings.data_dir / "catalog.sqlite3")
    if indexed and not place.exists():
        raise StoreError(
            f"{place} is gone, though the vector index of its articles is there: restore it from a copy; "
            f"or remove {chroma} to begin with nothing"
        )
    unclean = has_log(place) and not _is_used(settings, place)
    catalog = open_catalog(url or place)
    if unclean:
        progress.note(f"{place} was not closed properly: looking for damage")
        try:
            catalog.check()
        except BaseException:
            catalog.close()
            raise
    return catalog


def _is_used(settings: Settings, place: Path) -> bool:
    """Tell if another process has the data folder open, as far as its locks say; one on a server has none."""
    if settings.chroma:
        return True
    try:
        for file in (place.with_name("ingest.lock"), settings.data_dir / "chroma.lock"):
            lock = try_lock(file)
            if lock is None:
                return True
            lock.release()
    except StoreError:  # a folder that may not be written
        return True
    return False


def reindex(settings: Settings, progress: Progress = SILENT) -> Reindexed:
    """Embed all passages with the model of the settings, in place, and update the vector index.

    Raises:
        BusyError: another process is adding articles, or has the vector index.
    """
    catalog = _open_catalog(settings, progress)
    try:
        with writing_articles(catalog.hold, settings.data_dir):
            before = catalog.fact("catalog") or ""
            done = _reindex(catalog, settings, progress)
            if done.changed and settings.chroma:
                with suppress(StoreError):  # it stays behind there where the server is down
                    drop_from_server(settings.chroma, before)
            _brought_up_to_date(open_vectors(catalog, settings.data_dir, settings.chroma, progress))
    finally:
        catalog.close()
    return done


def _brought_up_to_date(vectors: Index) -> None:
    with closing(vectors):
        vectors.follow()


def _reindex(catalog: Catalog, settings: Settings, progress: Progress) -> Reindexed:
    """Reindex under the lock of the vector index: a running bot would search for vectors that are gone."""
    follow = partial(catalog.hold, FOLLOWING)
    taken = integrity.take(settings.data_dir / "chroma", catalog.fact("catalog") or "", follow)
    if taken is None:
        raise BusyError(f"another process has the index of {settings.data_dir} open: stop it (the bot?) and try again")
    try:
        open_ = partial(open_embedder, settings.embeddings, settings.models, fallback=DownloadedMiniLM)
        done = reindex_catalog(catalog, settings.embeddings, open_, progress)
        if done.changed:
            shutil.rmtree(taken.folder, ignore_errors=True)  # it has the old vectors, and is created again
    finally:
        taken.close(None)
    return done


def backup(settings: Settings, file: Path, progress: Progress = SILENT) -> Manifest:
    """Write a backup of the catalog of the settings, and of the published pages, to a file, also while it is in use.

    Raises:
        StoreError: the catalog cannot be read, or the file cannot be written.
    """
    with closing(_open_catalog(settings, progress)) as catalog:
        return make_backup(catalog, settings.data_dir / "pages", file, progress)


def restore(settings: Settings, file: Path, replace: bool, progress: Progress = SILENT) -> Manifest:
    """Put what a backup holds into the catalog of the settings, in the place of what is there if it may be replaced.

    Raises:
        BusyError: another process is adding articles, or has the vector index.
        StoreError: the file is no whole backup, or the catalog holds something and may not be replaced.
    """
    place = settings.database_url.get_secret_value() or settings.data_dir / "catalog.sqlite3"
    return restore_backup(file, settings.data_dir, place, replace, progress)


def migrate(settings: Settings, address: str, progress: Progress = SILENT) -> Mapping[str, Sum]:
    """Copy the catalog of the settings into the database at SQLAlchemy's address; a copy broken off goes on.

    Raises:
        BusyError: another process is adding articles, or has the vector index.
        SettingsError: it is no such address.
        StoreError: that database holds something else.
    """
    with ExitStack() as opened:
        source = opened.enter_context(closing(_open_catalog(settings, progress)))
        opened.enter_context(alone(source.hold, settings.data_dir))
        target = opened.enter_context(closing(open_catalog(address, filling=True)))
        return migrate_catalog(source, target, progress)


_T = TypeVar("_T")


class _Model:
    """The language model of the settings, opened at its first use, because most commands need none.

    Problems with its settings are `ChatError`s here, and noted once.
    """

    def __init__(self, open_: Callable[[], Chat | None], progress: Progress) -> None:
        self._open = open_
        self._progress = progress
        self._opening = Lock()
        self._noted = set[str]()

    def prepare(self, task: Task) -> PromptRequest:
        return self._with(lambda chat: chat.prepare(task))

    def send(self, request: PromptRequest, on_progress: Callable[[int], object] = lambda _claims: None) -> Reply:
        return self._with(lambda chat: chat.send(request, on_progress))

    def _with(self, work: Callable[[Chat], _T]) -> _T:
        try:
            with self._opening:
                chat = self._chat
            return work(chat)
        except SettingsError as error:
            if str(error) not in self._noted:
                self._noted.add(str(error))
                self._progress.note(str(error))
            raise ChatError(Phrase("the model cannot be used as it is set up")) from error

    @cached_property
    def _chat(self) -> Chat:
        return cast(Chat, self._open())  # not None, since a model is named


def _model(
    settings: Settings, catalog: Catalog, budget: Budget, progress: Progress, given: Any = None
) -> LanguageModel | None:
    """The language model of the settings, or the one given; None where there is neither."""
    if not settings.chat_model and given is None:
        return None
    return _Model(lambda: open_chat(settings, budget, Replies(catalog), given=given), progress)


def _second(
    settings: Settings, chat: LanguageModel | None, catalog: Catalog, budget: Budget, progress: Progress, given: str
) -> SecondLook:
    """The checker of a model's statements; without a setting, a model if one is set."""
    own = settings.verifying()
    if own.chat_model != settings.chat_model:
        chat = _model(own, catalog, budget, progress)
    verifier = settings.verifier or ("model" if chat else "local")
    return SecondLook(verifier, chat, own.chat_model or given, settings.chat_seconds)


def seeds_folder() -> Path | None:
    """The articles that come with the project: `seeds` in the working directory, else in the project."""
    folders = (Path("seeds"), Path(__file__).parents[1] / "seeds")
    return next((folder for folder in folders if folder.is_dir()), None)
