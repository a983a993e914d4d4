"""The languages of articles that were stored before languages were noted."""

from __future__ import annotations

from retrieval.nlp.language import language_of
from retrieval.storage.articles import ids_without_language
from retrieval.storage.catalog import Catalog
from retrieval.storage.passages import article_body

# Articles at a time: each lot is kept.
_LOT = 200


def note_languages(catalog: Catalog) -> None:
    """Look at the language of every article that has none noted yet; costs one query where there is none."""
    while True:
        with catalog.reading() as connection:
            articles = ids_without_language(connection, _LOT)
            noted = {article: language_of(article_body(connection, article)) for article in articles}
        if not noted:
            return
        catalog.note_languages(noted)
