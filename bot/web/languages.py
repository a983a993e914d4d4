"""The language of the pages: that which the reader's browser asks for, since an address is passed on to others."""

from __future__ import annotations

import re

from aiohttp import web

from bot.presentation.words import ENGLISH, LANGUAGES, OwnWords, words_in

# A language of `Accept-Language` with its weight: "de-AT;q=0.8".
_WANTED = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
# Entries of a header that are read.
_MOST = 20


def words_of(request: web.Request) -> OwnWords:
    """The words in the language that a browser likes best of those there are; English where it asks for none."""
    wanted = [_WANTED.fullmatch(each) for each in request.headers.get("Accept-Language", "").split(",")[:_MOST]]
    weighed = [(float(each[2] or 1), each[1].lower()) for each in wanted if each]
    # Of equal weight the first, which sorting keeps in front.
    for weight, language in sorted(weighed, key=lambda pair: -pair[0]):
        if weight and language in (ENGLISH.language, *LANGUAGES):
            return words_in(language)
    return ENGLISH
