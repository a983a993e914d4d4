"""Texts to vectors: the one embedder the rest of the library sees, and the models that run on this machine."""
