"""Whether everything is well, and how to mend what is not."""
