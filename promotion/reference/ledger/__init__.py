"""Records that may be the same thing, their merging and its undoing; figures that disagree."""
