"""From the files of a plan to the plan in the database: all that `zwgk plan import` and a job do alike."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.attachments.reading import read_plan
from core.decompose.draft import Draft
from core.documents.reader import Document
from core.plans.drafting import import_draft
from core.plans.models import Plan
from core.plans.templates import TaskTemplate
from core.units.services import read_directory
from tenants.sessions import ScopedSession


class Imported(NamedTuple):
    """A plan, and what it was made from."""

    plan: Plan
    document: Document
    draft: Draft


def import_files(
    session: ScopedSession,
    files: Sequence[Path],
    templates: Sequence[TaskTemplate],
    year: int | None,
    read: Callable[[int], None] = lambda tasks: None,
) -> Imported:
    """Take the first file apart, reconciled with the others, and store it as a draft. `read` is told how many tasks
    there are before these are stored.

    Raises DocumentError and what `import_draft` raises.
    """

    @cache  # asked for by attachments only
    def names() -> dict[str, str]:
        return read_directory(session).names()

    document, draft = read_plan(files[0], files[1:], year, lambda name: names().get(name, name))
    read(len(draft.tasks))
    return Imported(import_draft(session, document, draft, templates, year), document, draft)
