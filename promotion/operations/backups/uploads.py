"""The uploads, for backups: in the folder of this machine, or in a bucket.

A file of the folder that staff replace while a backup is written is still at hand, by a second
link. A bucket has none: `write` in taking.py begins anew when one went away.
"""

import contextlib
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage


class Folder:
    """Uploads in MEDIA_ROOT; `held` is where a backup links them."""

    def __init__(self, held=None):
        self.root = Path(settings.MEDIA_ROOT)
        self.held = held
        self.is_held = True

    def __str__(self):
        return str(self.root)

    # Taking

    def hold(self):
        """Link every file, as far as the file system can do that."""
        for path in files_in(self.root) if self.is_held else []:
            link = self.held / path.relative_to(self.root)
            link.parent.mkdir(parents=True, exist_ok=True)
            try:
                with contextlib.suppress(FileExistsError, FileNotFoundError):
                    os.link(path, link, follow_symlinks=False)
            except OSError:
                self.is_held = False
                return

    def files(self):
        """Yield the name of each file, and the file itself, open, and its size."""
        root = self.held if self.is_held else self.root
        for path in files_in(root):
            # Not held, it may be replaced at this very moment.
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                yield path.relative_to(root).as_posix(), file, os.fstat(file.fileno()).st_size

    # Restoring

    @property
    def waiting(self):
        """Where files wait until everything has been checked."""
        return self.root / ".restoring"

    def is_empty(self):
        return not (self.root.is_dir() and any(self.root.iterdir()))

    def place(self):
        for path in self.waiting.iterdir():
            path.rename(self.root / path.name)
        self.waiting.rmdir()

    def open(self, name):
        return (self.root / name).open("rb")

    def clear(self):
        """Leave the folder as empty as it was."""
        with contextlib.suppress(FileNotFoundError):
            for path in self.root.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


class Bucket:
    """Uploads in the bucket of MEDIA_STORE_URL."""

    def __str__(self):
        return "/".join([default_storage.bucket_name, default_storage.location]).rstrip("/")

    def names(self, folder=""):
        """Yield the names of all files."""
        folders, names = default_storage.listdir(folder)
        yield from (os.path.join(folder, name) for name in sorted(names))
        for inner in sorted(folders):
            yield from self.names(os.path.join(folder, inner))

    # Taking

    def hold(self):
        pass

    def files(self):
        for name in self.names():
            with contextlib.suppress(FileNotFoundError), self.open(name) as file:
                yield name, file, file.size

    # Restoring

    @property
    def waiting(self):
        return settings.VAR_DIR / ".restoring"

    def is_empty(self):
        return not (self.waiting.exists() or any(self.names()))

    def place(self):
        for path in files_in(self.waiting):
            with path.open("rb") as file:
                default_storage.save(path.relative_to(self.waiting).as_posix(), File(file))
        shutil.rmtree(self.waiting)

    def open(self, name):
        return default_storage.open(name)

    def clear(self):
        for name in list(self.names()):
            default_storage.delete(name)
        shutil.rmtree(self.waiting, ignore_errors=True)


def files_in(root):
    """Return the files under a folder in the order of their names."""
    return sorted(Path(folder, name) for folder, _folders, names in os.walk(root) for name in names)


def uploads(held=None):
    """Return where the site keeps its uploads."""
    return Bucket() if settings.MEDIA_BUCKET else Folder(held)
