"""A long list kept in a file of its own instead of in memory."""

import pickle
import tempfile
import weakref

from promotion.reference.batches import ROWS

IN_MEMORY_BYTES = 1_000_000


class Spool:
    """Items of this process, written once and read in their order as often as needed.

    Short lists never touch the disk; the file of a long one has no name and goes with its owner.
    """

    def __init__(self):
        self.file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        weakref.finalize(self, self.file.close)
        self.waiting = []
        self.length = 0

    def __len__(self):
        return self.length

    def append(self, item):
        self.waiting.append(item)
        self.length += 1
        if len(self.waiting) >= ROWS:
            self.flush()

    def flush(self):
        if self.waiting:
            pickle.dump(self.waiting, self.file, pickle.HIGHEST_PROTOCOL)
            self.waiting = []

    def __iter__(self):
        """Yield every item; one reader at a time, and nothing is appended meanwhile."""
        self.flush()
        self.file.seek(0)
        while True:
            try:
                # Only what this process wrote a moment ago is ever read.
                batch = pickle.load(self.file)  # noqa: S301
            except EOFError:
                return
            yield from batch
