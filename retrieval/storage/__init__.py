"""Where articles are kept: the SQL catalog (the truth) and the vector index that follows it."""
