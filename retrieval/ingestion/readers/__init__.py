"""Readers, a module a format or a family of them, from bytes to a document. `ingestion.reading` chooses by the name."""
