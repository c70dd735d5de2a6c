"""The files of one plan: the document, and what is attached to it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.attachments.reconcile import Attachment, reconcile
from core.decompose.confidence import confidence
from core.decompose.draft import DecomposeHints, Draft
from core.decompose.readings import confidence_json
from core.documents.reader import Document, read_document


def read_plan(
    file: Path, attachments: Sequence[Path] = (), year: int | None = None, known: Callable[[str], str] = str
) -> tuple[Document, Draft]:
    """The document with the text of all files behind one another, and its draft. Raises DocumentError.

    `year` is used where the title names none; `known`: the name of the unit that a name means, or the name itself.
    """
    document = read_document(file)
    attached = [read_document(path) for path in attachments]
    hints = DecomposeHints(year=year)
    text, draft = reconcile(document.text, [Attachment(one.file_name, one.text) for one in attached], hints, known)
    notes = (f"附件“{one.file_name}”：{note}" for one in attached for note in one.notes)
    return replace(document, text=text, body=document.text, notes=(*document.notes, *notes)), draft


def draft_json(document: Document, draft: Draft) -> dict[str, Any]:
    """A draft that nobody stored, with how sure each field of its tasks is, for programs."""
    shown = draft.as_json()
    for task, readings in zip(shown["tasks"], confidence(document.text, draft), strict=True):
        task["confidence"] = confidence_json(readings)
    return shown | {"notes": list(document.notes)}
