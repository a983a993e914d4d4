"""Sentences that bear on a question or a claim, and what they say of it."""
