"""Readers, a module a format: the bytes of a file to a document. `ingestion.reading` chooses by the file name."""
