"""From a file to a stored article: readers, cleaning, metadata, pipeline."""
