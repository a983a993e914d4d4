"""Digests on schedule: each posted once, whatever fails or ends in between."""
