"""Long work on sheets: handing one out, syncing it, making somebody's own one a copy."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bridges.adoption.adopting import Adopting
from bridges.excel.copy import ExcelCopy
from bridges.rounds.names import file_names
from bridges.runner import PlanMoving
from bridges.sheets import export_sheet, refused_pass, sync_sheet
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.sync.plan import Plan as Pass
from bridges.sync.stamp import read_stamp
from bridges.web.asked import kept, store_of
from core.jobs.kinds import Kind
from core.jobs.work import Work
from core.plans.services import find_plan
from core.runtime import china_now, china_today
from core.units.models import Unit
from core.units.services import read_directory
from tenants.errors import ZwgkError
from tenants.people.rights import Right

NAMES = {"unit": "任务分解表", "section": "按章节汇总", "task": "任务汇总表"}
"""What a workbook is called, by its form."""


class OtherPlan(ZwgkError):
    """A copy of another plan than the one that the request named."""

    code = "other_plan"
    sentence = "“{name}”是另一份要点的表，未作任何更改；请同步到它自己的要点。"


def export(work: Work) -> Mapping[str, Any]:
    """`detail`: `plan`, `by`. One workbook; for who has units, one for each of them, with its rows only."""
    plan, by = find_plan(work.session, work.detail["plan"]), work.detail["by"]
    units: list[Unit | None] = [None]
    if work.units is not None:
        by_id = read_directory(work.session).by_id
        units = [by_id[id_] for id_ in sorted(work.units & by_id.keys())]
    names = file_names((f"{unit.name if unit else NAMES[by]}_{plan.title}" for unit in units), ".xlsx")
    rows = []
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in names]
        for number, (unit, path) in enumerate(zip(units, paths, strict=True)):
            work.progress("正在导出", number, len(units))
            store = store_of(work.session, f"sheet:{path.name}")
            rows.append(export_sheet(work.session, store, plan, by, path, china_today(), china_now, unit))
        files = kept(work, paths)
    return {"files": [file | {"rows": count} for file, count in zip(files, rows, strict=True)]}


def sync(work: Work) -> Mapping[str, Any]:
    """`detail`: `plan`, `file`, `dry_run`, `confirmed`. The report of the pass, as the command line gives it, its exit
    status, and the workbook as it is afterwards. A pass is committed by itself: begun again, this one finds what the
    first one took, and writes the workbook anew. Raises `PlanMoving`: then nothing was taken."""
    with TemporaryDirectory() as folder:
        path = work.lay_down(work.detail["file"], Path(folder) / "0")
        before, copy = path.read_bytes(), ExcelCopy(path)
        work.progress("正在同步")
        try:
            store = _store_of_plan(work, copy)
            done = sync_sheet(store, copy, china_now, work.detail["dry_run"], work.detail["confirmed"])
        except ZwgkError as error:
            done = refused_pass(error, china_now())
        if done.stopped and done.stopped.code == PlanMoving.code:
            raise PlanMoving(why=done.stopped.message)
        return done.as_json() | {"status": done.status, "files": _left(work, done, copy, before)}


def _store_of_plan(work: Work, copy: ExcelCopy) -> PlanStore:
    """Raises `OtherPlan`: the works on a plan are done one after the other, and so are its passes."""
    store = store_of(work.session, f"sheet:{copy.path.name}")
    stamp = read_stamp(copy.stamp(), store.key())
    if stamp is not None and stamp.binding != plan_key(work.detail["plan"]):
        raise OtherPlan(name=copy.path.name)
    return store


def adopt(work: Work) -> Mapping[str, Any]:
    """`detail`: `plan`, `file`, `sheet`, `answers`, `dry_run`. What was found, what is asked, and the pass."""
    asked = work.detail
    with TemporaryDirectory() as folder:
        path = work.lay_down(asked["file"], Path(folder) / "0")
        before, plan = path.read_bytes(), find_plan(work.session, asked["plan"])
        typed = [f"{key}={value}" for key, value in asked["answers"].items()]
        work.progress("正在查看表格")
        adopting = Adopting(work.session, plan, path, typed, asked["sheet"], not asked["dry_run"], china_now)
        done = adopting.carry_out(store_of(work.session, f"sheet:{path.name}"))
        files = _left(work, done, adopting.copy, before)
        return adopting.as_json(done) | {"status": adopting.status(done), "files": files}


def _left(work: Work, done: Pass, copy: ExcelCopy, before: bytes) -> list[dict[str, Any]]:
    """The workbook that a pass wrote, if it wrote one."""
    if done.stopped or not copy.target.exists() or copy.target.read_bytes() == before:
        return []
    return kept(work, [copy.target])


KINDS = (
    Kind("sheet.export", "导出任务分解表", export, Right.SHEETS_EXPORT),
    Kind("sheet.sync", "同步任务分解表", sync, Right.SHEETS_SYNC),
    Kind("sheet.adopt", "接管表格", adopt, Right.SHEETS_SYNC),
)
