"""Digests: the articles of some days, grouped into stories and ranked."""
