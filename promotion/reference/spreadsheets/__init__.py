"""Spreadsheets in and out: one engine for the admin and the command line.

A file becomes a `Table` (reading, xlsx), its headings are matched to columns (headings), its rows
to records (matching); a `Plan` works out and checks everything (planning, checking) before
anything is written (saving). What goes wrong is a list of `Problem`s, each with its place.
"""
