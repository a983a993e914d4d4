"""Vectors that are made once for each text of a question, however many ask for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.evidence.sentence_selection import Embed, Vectors


def once(embed: Embed) -> Embed:
    """The embedding, asked for each text only once."""
    known: dict[str, Vectors] = {}

    def look_up(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        return np.stack([known[text] for text in texts]) if texts else embed(texts)

    return look_up
