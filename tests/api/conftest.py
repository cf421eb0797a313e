"""The API is asked as a server that has been up for a while answers it."""

from tests.pages.conftest import chinese_at_first, known_content_types

__all__ = ["chinese_at_first", "known_content_types"]
