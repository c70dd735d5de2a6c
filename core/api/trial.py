"""Trying out: what a write would do, and nothing of it done."""

from collections.abc import Iterator
from contextlib import contextmanager

from marshmallow import Schema, fields

from tenants.sessions import ScopedSession


class TriedSchema(Schema):
    """`dry_run`: nothing is changed, and the answer is what it would be."""

    dry_run = fields.Boolean(load_default=False)


@contextmanager
def trial(session: ScopedSession, dry_run: bool) -> Iterator[None]:
    """With `dry_run`, what is done inside is taken back at its end; the rest of the request stays."""
    with session.begin_nested() as inner:
        yield
        if dry_run:
            inner.rollback()
