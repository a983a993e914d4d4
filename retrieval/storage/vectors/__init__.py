"""The vector index, which follows the catalog: Chroma, an exact search beside it, and what keeps both sound."""
