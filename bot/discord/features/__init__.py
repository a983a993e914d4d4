"""The command families, a module each: parse, one call into retrieval, render."""
