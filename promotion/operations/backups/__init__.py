"""Backups: one file with the database and the media, checked when written and before it is used."""
