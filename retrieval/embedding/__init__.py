"""Texts to vectors: the common embedder, and the models that run on this machine."""
