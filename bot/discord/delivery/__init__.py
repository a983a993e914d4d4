"""Scheduled digests: every one is posted once, whatever fails or stops in between."""
