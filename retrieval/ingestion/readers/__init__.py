"""Readers, a module a format: a file's bytes to a document. `registry` knows which reads what."""
