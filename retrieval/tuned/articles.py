"""Copies and rewrites among articles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DuplicateNumbers:
    """What counts as a copy or a rewrite of a stored article."""

    # Stored articles compared with a new one, and how near their mean vectors must lie.
    candidates: int = 5
    cosine: float = 0.55
    # Published at most this many days apart, two articles may tell of the same occasion.
    days: int = 3
    # A copy: this share of the shorter article's runs of five words stands in the longer one. Far apart in time
    # it takes more: recurring columns ("5 things to know") repeat up to half of theirs.
    copy_cosine: float = 0.75
    copy_containment: float = 0.5
    late_copy_containment: float = 0.8
    # Unless both have so many figures, and no more than this share of them in common: bulletins made from a form.
    copy_count: int = 3
    copy_numbers: float = 0.5
    # A rewrite of an agency's piece, by mean vectors; how much shorter the one may be; by names and numbers with
    # terms, and some of the numbers; or by so many numbers with fewer terms. Over the seeds, three affairs of one
    # set and ten of another, in four languages, the 14 rewrites reach .60 and either .81 of the names with .47 of
    # the terms or, in German, .88 of six numbers with .42; the 50 other near pairs at most .73 with .42, and .75
    # of three numbers. Of 651 near pairs of two outlets in US news this adds one to five that were known.
    rewrite_cosine: float = 0.55
    rewrite_length: float = 0.4
    rewrite_names: float = 0.75
    rewrite_terms: float = 0.45
    rewrite_named_numbers: float = 0.5
    rewrite_count: int = 4
    rewrite_numbers: float = 0.85
    rewrite_counted_terms: float = 0.4
