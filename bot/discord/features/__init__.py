"""One small file a command family: parse, one call into retrieval, render."""
