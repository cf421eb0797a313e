"""Spreadsheets in and out: one engine for the admin and the command line.

On the way in, a file becomes a `Table` whose rows lie in a temporary file (reading, xlsx, spool).
Its headings are matched to columns (headings, columns; what a cell may hold: codecs, texts,
references, lookups). A first pass looks over the rows (survey); a `Plan` then works out a thousand
at a time what each would change (planning): the record that it is about (matching), where the two
differ (comparing), whether they may (rights, checking). Only then is anything written (saving,
bulk). What goes wrong is a list of `Problem`s, each with its place, given back in the same file
(report).

An upload's way through that is a `Run`, by the request or by the worker (runs); an import is read
backwards to undo it (trail, blockers, undo). On the way out, records become cells (writing), and
a blank sheet knows the values of the moment (template).
"""
