"""A corpus made of chance for the index alone: words by Zipf's law, and vectors in clusters.

Made-up words, the shorter the more frequent, in about the frequencies of prose; five passages of about 150 words
to an article; three years of dates; a few outlets. A passage's vector is computed from its text: around the
centre of its article's topic, with noise that lies in a space of few dimensions, as in real embeddings.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
FIRST_DAY, DAYS = date(2022, 1, 1), 3 * 365
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
ARTICLE_PASSAGES = 5
TOPICS = 500

_PASSAGE_WORDS = 150
_VOCABULARY = 50_000
_OUTLETS = ("Northern Post", "Harbour Gazette", "Evening Ledger", "Valley Tribune", "Wire Service Nine")
_NOISE_DIMENSIONS = 48
_NOISE = 1.4  # length of the noise against the length of a topic's centre: passages of one topic have cosines near .34


class Prose:
    """Draws made-up prose. The same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._vocabulary = _words()
        shares = 1 / np.arange(2, _VOCABULARY + 2)
        self._cumulated = np.cumsum(shares / shares.sum())

    def words(self, count: int) -> list[str]:
        """Words, frequent ones more often."""
        drawn = np.searchsorted(self._cumulated, self._chance.random(count))
        return list(self._vocabulary[np.minimum(drawn, _VOCABULARY - 1)])

    def passage(self, topic: int) -> str:
        """A paragraph of sentences that opens with the word of its topic."""
        words = [f"Topic{topic}", *self.words(_PASSAGE_WORDS)]
        sentences = [" ".join(words[first : first + 15]) for first in range(0, len(words), 15)]
        return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)

    def question(self, passage: str) -> str:
        """Fifteen words: the topic's, seven of the passage, seven others."""
        topic, *inside = passage.replace(".", "").split()
        return " ".join([topic, *self._chance.choice(inside, 7), *self.words(7)]) + "?"


def _words() -> NDArray[np.str_]:
    """Made-up words by growing length: those of one syllable first."""
    syllables = [first + middle + last for first in "bdfgklmnprstvz" for middle in "aeiou" for last in ("", "n", "s")]
    made = [*syllables, *(one + two for one in syllables for two in syllables)]
    longer = (one + two + three for one in syllables for two in syllables for three in syllables[::40])
    while len(made) < _VOCABULARY:
        made.append(next(longer))
    return np.array(made[:_VOCABULARY])


def write_corpus(folder: Path, passages: int, seed: int = 1) -> None:
    """Write articles of `ARTICLE_PASSAGES` passages to a folder, five hundred to a subfolder."""
    prose, chance = Prose(seed), np.random.default_rng(seed + 1)
    for number in range(passages // ARTICLE_PASSAGES):
        topic, day = int(chance.integers(TOPICS)), FIRST_DAY + timedelta(days=int(chance.integers(DAYS)))
        head = f"---\ntitle: {' '.join(prose.words(8))}\noutlet: {chance.choice(_OUTLETS)}\npublished: {day}\n---"
        file = folder / f"{number // 500:04}" / f"{number:06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n\n".join([head, *(prose.passage(topic) for _ in range(ARTICLE_PASSAGES))]) + "\n", "utf-8")


class PreparedVectors:
    """LangChain's `Embeddings` for such prose: cheap, and the same vector for the same text every time."""

    def __init__(self) -> None:
        chance = np.random.default_rng(7)
        self._centres = chance.standard_normal((TOPICS, DIMENSIONS), np.float32)
        self._directions = chance.standard_normal((_NOISE_DIMENSIONS, DIMENSIONS), np.float32)
        self._directions *= _NOISE / np.sqrt(_NOISE_DIMENSIONS)
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self.vector(text).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(self.vector(text).tolist())

    def vector(self, text: str) -> NDArray[np.float32]:
        """The vector of a text, of unit length."""
        topic = text.split(maxsplit=1)[0].removeprefix("Topic")
        centre = self._centres[int(topic) if topic.isdecimal() and int(topic) < TOPICS else 0]
        noise = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(_NOISE_DIMENSIONS, np.float32)
        vector: NDArray[np.float32] = centre + noise @ self._directions
        return vector / np.linalg.norm(vector)


def questions(folder: Path, count: int, seed: int = 2) -> list[str]:
    """Questions after passages of such articles."""
    prose, chance = Prose(seed), np.random.default_rng(seed + 1)
    files = sorted(folder.rglob("*.md"))
    drawn = (files[int(at)].read_text("utf-8").split("\n\n") for at in chance.integers(len(files), size=count))
    return [prose.question(parts[1 + int(chance.integers(ARTICLE_PASSAGES))]) for parts in drawn]


def days(folder: Path) -> dict[str, dict[str, int]]:
    """For each article of a folder its day, as a number that a filter can compare: `{name: {"day": number}}`."""
    found = {}
    for file in folder.rglob("*.md"):
        published = file.read_text("utf-8").split("published: ", 1)[1][:10]
        found[file.relative_to(folder).as_posix()] = {"day": date.fromisoformat(published).toordinal()}
    return found


def windows(share: float, count: int, seed: int = 3) -> Iterator[tuple[date, date]]:
    """Windows that hold this share of the days, at random places."""
    chance, length = np.random.default_rng(seed), max(round(DAYS * share), 1)
    for _ in range(count):
        since = FIRST_DAY + timedelta(days=int(chance.integers(DAYS - length + 1)))
        yield since, since + timedelta(days=length - 1)
