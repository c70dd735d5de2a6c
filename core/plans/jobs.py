"""Long work on plans: taking a document apart, to keep it, to look at it, or to compare it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app

from core.attachments.reading import draft_json, read_plan
from core.jobs.kinds import Kind
from core.jobs.work import Work
from core.plans.comparisons import compare, drafted
from core.plans.importing import import_files
from core.plans.services import find_plan
from core.tenancy import templates_in
from tenants.people.rights import Right

IMPORT, PREVIEW, COMPARE = "plan.import", "plan.preview", "plan.compare"


def import_plan(work: Work) -> Mapping[str, Any]:
    """`detail`: `file` and `attachments` (ids of kept files), `year` or None. The result names the plan."""
    templates, year = templates_in(current_app, work.session), work.detail["year"]
    with _files(work) as files:
        made = import_files(work.session, files, templates, year, lambda tasks: work.progress("正在写入要点", 0, tasks))
    told = {"plan": made.plan.id, "title": made.plan.title, "tasks": len(made.draft.tasks)}
    return told | {"notes": list(made.document.notes)}


def preview_plan(work: Work) -> Mapping[str, Any]:
    """`detail` as of `import_plan`. Nothing is stored but a file: the draft as `zwgk decompose` prints it."""
    with _files(work) as files:
        document, draft = read_plan(files[0], files[1:], work.detail["year"])
    kept = _kept(work, f"{document.file_name}.json", draft_json(document, draft))
    told = {"file": kept, "title": draft.meta.title, "tasks": len(draft.tasks), "non_tasks": len(draft.non_tasks)}
    return told | {"notes": list(document.notes)}


def compare_plan(work: Work) -> Mapping[str, Any]:
    """`detail`: `plan`, `file`, `year` or None, `superior`. The result is a sentence, and a file with the whole."""
    with _files(work) as files:
        document = drafted(files[0], work.detail["year"])
    ours = find_plan(work.session, work.detail["plan"])
    templates = templates_in(current_app, work.session)
    found = compare(work.session, ours, document, templates, work.detail["superior"])
    return {"file": _kept(work, f"{document.name}.对照.json", found.whole), "summary": found.summary}


@contextmanager
def _files(work: Work) -> Iterator[list[Path]]:
    """The files that the work is about, each under its own name."""
    work.progress("正在读取文件")
    numbers = (work.detail["file"], *work.detail.get("attachments", ()))
    with TemporaryDirectory() as folder:
        yield [work.lay_down(number, Path(folder) / str(place)) for place, number in enumerate(numbers)]


def _kept(work: Work, name: str, content: Mapping[str, Any]) -> int:
    """Keep JSON for whoever asked; the id of the file."""
    return work.keep(name, json.dumps(content, ensure_ascii=False, default=str).encode()).id


KINDS = (
    Kind(IMPORT, "导入要点", import_plan, Right.PLANS_CHANGE),
    Kind(PREVIEW, "预览分解", preview_plan, Right.PLANS_CHANGE),
    Kind(COMPARE, "对照要点", compare_plan, Right.PLANS_READ),
)
