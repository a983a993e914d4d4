"""The cache of recent results."""

from __future__ import annotations

from retrieval.services.corpus import RecentResults


def test_the_result_used_longest_ago_goes_first() -> None:
    results = RecentResults[str](most=2)
    results.put("a", "A")
    results.put("b", "B")
    assert results.get("a") == "A"
    results.put("c", "C")
    assert [results.get(key) for key in "abc"] == ["A", None, "C"]
