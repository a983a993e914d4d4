"""Reading of text: sentences, names, numbers, times, languages."""
