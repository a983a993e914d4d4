"""Storage: the SQL catalog, which is the system of record, and the vector index derived from it."""
