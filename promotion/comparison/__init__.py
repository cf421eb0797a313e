"""Places side by side: the same rows for each, what differs, and what is not known."""
