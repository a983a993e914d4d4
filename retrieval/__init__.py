"""The library: articles in, cited answers out. Knows nothing of its front ends."""
