"""The public records for machines: read-only JSON, its schema, and whole lists as files."""
