"""The commands, a family a module: parse, one call into retrieval, print."""
