"""The workbook of the end-to-end tests, for tests that look behind the command line."""

from tests.e2e.test_sheet import book, rows, sync

__all__ = ["book", "rows", "sync"]
