"""Keeping text from becoming a formula when a file is opened, and back again without loss.

A CSV file puts an apostrophe before text that a spreadsheet program would take for a formula; an
XLSX file needs that only for text that begins the way a guarded one does. Both are read alike, so
a file may be saved as the other kind in between.
"""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


def guarded(text, is_typed=False):
    """Return text as a cell holds it; `is_typed` for files whose cells say that they are text."""
    looks_guarded = text.startswith("'") and text[1:].startswith(FORMULA_STARTS)
    if looks_guarded or (not is_typed and text.startswith(FORMULA_STARTS)):
        return f"'{text}"
    return text


def unguarded(cell):
    """Return a cell's content without the apostrophe that guards it."""
    if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS):
        return cell[1:]
    return cell
