"""From evidence to a cited answer, or an honest "not sure"."""
