"""The bot's own words in a reader's language, from the catalogs in `locales`; quotes stay in their own language."""

from __future__ import annotations

import gettext
from datetime import date
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from retrieval.answering.dating import PublicationDay
from retrieval.domain.phrase import Phrase, Value

_CATALOGS = Path(__file__).with_name("locales")
# English needs no catalog: the words in the code are English.
LANGUAGES = tuple(sorted(each.stem for each in _CATALOGS.glob("*.po")))


class OwnWords:
    """The words in one language. What its catalog lacks stays English."""

    def __init__(self, language: str, catalog: gettext.NullTranslations) -> None:
        self.language = language
        self._catalog = catalog

    @property
    def english(self) -> bool:
        """True for the language that the words are written in."""
        return self.language == "en"

    def __call__(self, text: str, **values: object) -> str:
        """The text, with the values in its placeholders."""
        said = self._catalog.gettext(text)
        return said.format(**values) if values else said

    def said(self, text: str) -> str:
        """A phrase in this language; other texts, which are quotes or said already, as they are."""
        if self.english or not isinstance(text, Phrase):
            return text
        values = {name: self._value(each) for name, each in text.values.items()}
        said = self._catalog.gettext(text.text)
        return said.format(**values) if values else said

    def _value(self, value: Value) -> str:
        if isinstance(value, date):
            return self.long_day(value.isoformat())
        return self.number(value) if isinstance(value, int) else self.said(value)

    def many(self, one: str, more: str, count: int, **values: object) -> str:
        """The form of a text that fits a number, which is its placeholder `count`."""
        said = self._catalog.ngettext(one, more, count)
        return said.format(count=self.number(count), **values)

    def named(self, context: str, text: str) -> str:
        """A name, whose translation depends on what it names: a `command`, an `option` or a `choice`."""
        return self._catalog.pgettext(context, text)

    def number(self, count: float) -> str:
        """A number with the language's separators: 48,000 or 5.25."""
        if self.english:
            return f"{count:,.10g}"
        from babel.numbers import format_decimal

        return format_decimal(count, locale=self.language)

    def day(self, published: str | None, estimated: bool = False) -> str:
        """A date as it stands beside a source: `14 Dec 2025`."""
        if published is None:
            return self("undated")
        if self.english:
            return str(PublicationDay(published[:10], estimated))
        from babel.dates import format_date

        day = format_date(date.fromisoformat(published[:10]), "medium", self.language)
        return self("{day} (date estimated)", day=day) if estimated else day

    def span(self, first: str, last: str) -> str:
        """Two days in words, as a span: `1 Mar 2026 to 3 Mar 2026`; one day where they are the same."""
        return first if first == last else self("{first} to {last}", first=first, last=last)

    def month(self, day: date) -> str:
        """A month with its year: `Dec 2025`."""
        if self.english:
            return f"{day:%b %Y}"
        from babel.dates import format_skeleton

        return format_skeleton("yMMM", day, locale=self.language)

    def weekdays(self) -> list[str]:
        """The short names of the days of a week, from Monday."""
        if self.english:
            return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        from babel.dates import get_day_names

        named = get_day_names("abbreviated", "stand-alone", self.language)
        return [named[at] for at in range(7)]

    def long_day(self, published: str) -> str:
        """A date as it stands in a sentence: `14 December 2025`."""
        day = date.fromisoformat(published[:10])
        if self.english:
            return f"{day.day} {day:%B %Y}"
        from babel.dates import format_date

        return format_date(day, "long", self.language)


ENGLISH = OwnWords("en", gettext.NullTranslations())


@cache
def words_in(language: str) -> OwnWords:
    """The words in a language, by its code; English where there is no catalog for it."""
    if language not in LANGUAGES:
        return ENGLISH
    # Here and above, because it takes longer to load than a command for the terminal may: that speaks English alone.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (_CATALOGS / f"{language}.po").open("rb") as source:
        catalog, compiled = read_po(source, locale=language), BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return OwnWords(language, gettext.GNUTranslations(compiled))


@cache
def catalogs_digest() -> str:
    """A digest of all catalogs, which is another one when any word is."""
    return sha256(b"".join(each.read_bytes() for each in sorted(_CATALOGS.glob("*.po")))).hexdigest()


def phrase(text: str) -> str:
    """The text itself, marked for the catalogs where it is named before it is shown."""
    return text
