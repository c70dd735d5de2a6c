"""Taking one file of a watched folder: merged, answered, and only then moved. Whatever dies in between, the next look
goes on from there: to merge the same again changes nothing."""

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy.exc import OperationalError

from bridges.excel.archive import MEBIBYTE
from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import BACKUP_SUFFIX, is_open, write_atomically
from bridges.excel.errors import FileTooLarge, WorkbookRefused
from bridges.ports import Busy
from bridges.rounds.collecting import Collector, Task
from bridges.rounds.gathering import MOST_BYTES, Passed, gather
from bridges.rounds.names import LONGEST
from bridges.runner import Clock, run_pass
from bridges.store.plan_store import PlanStore
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.sync.stamp import read_stamp
from bridges.table import Table
from bridges.watching.events import Event, State, reason, wrong
from bridges.watching.folder import DONE, REFUSED, WatchedFolder, digest
from tenants.errors import ZwgkError
from tenants.sessions import TenantUnknown

PATIENCE = 600
"""Seconds for which a file that cannot be opened may still be on its way: some programs reserve the room first."""
UNFINISHED = frozenset(("file_empty", "file_damaged", "file_not_xlsx", "file_is_text", "file_breaks_reader"))
OPEN = "正被其他程序打开"
CHANGING = "还在写入"
GONE = "现在无法读取或移动"
NOTHING_IN_IT = "压缩包中没有表格文件"
NOT_ITS_FAULT: dict[str, State] = {
    "busy": "waiting",
    "file_changed": "waiting",
    "file_locked": "waiting",
    "file_unreadable": "waiting",  # the disk is full, perhaps
    "not_answered": "waiting",
    "unexpected": "failed",
}
"""Refusals that say nothing against the file, by code."""
UNEXPECTED = "处理时发生内部错误，详情见日志；文件未动"


class _SyncedCopy(ExcelCopy):
    """A copy that knows how it was left."""

    left = ""

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        self.left = super().write(plan, stamp, table)
        return self.left


class Taker:
    """Takes files for one tenant. `today`: asked for anew for each file, since a watch lasts for days."""

    def __init__(self, tenant: str, folder: WatchedFolder, today: Callable[[], date], clock: Clock) -> None:
        self._tenant, self._folder, self._today, self._clock = tenant, folder, today, clock

    def take(self, file: str) -> Event:
        """Deal with a file that seems complete. Raises OperationalError without a database, `TenantUnknown`."""
        try:
            with tempfile.TemporaryDirectory(prefix="zwgk-watch-") as spool:
                event = self._take(file, Path(spool))
        except (OperationalError, TenantUnknown):
            raise
        except (Busy, WorkbookRefused) as later:
            event = Event(file, "waiting", "busy", str(later))
        except OSError:
            event = Event(file, "waiting", "unreadable", GONE)
        except Exception:
            logging.getLogger("zwgk").exception("unexpected error while taking %r", file)
            event = Event(file, "failed", "unexpected", UNEXPECTED)
        plain = {name: _printable(getattr(event, name)) for name in ("file", "message", "place")}
        return replace(event, replies=tuple(map(_printable, event.replies)), **plain)

    def _take(self, file: str, spool: Path) -> Event:
        path, still = self._folder.root / file, spool / _printable(Path(file).name)
        if is_open(path):
            return Event(file, "waiting", "file_open", OPEN)
        first = next(gather([path], spool), None)
        whole = first is not None and first.label == path.name
        if whole and isinstance(first, Passed):
            event = Event(file, "skipped" if first.harmless else "refused", "skipped", first.why)
            return event if first.harmless else self._refused(event)
        try:
            if path.stat().st_size > MOST_BYTES:
                raise FileTooLarge(what=f"“{path.name}”", limit=f"{MOST_BYTES // MEBIBYTE} MB")
            shutil.copyfile(path, still)
            if digest(still) != digest(path):
                return Event(file, "waiting", "changing", CHANGING)
            return self._synced(file) if whole and self._is_the_offices(still) else self._collected(file, still)
        except TenantUnknown:
            raise
        except ZwgkError as refusal:
            if refusal.code in NOT_ITS_FAULT:
                raise
            young = abs(self._clock().timestamp() - path.stat().st_mtime) < PATIENCE
            if refusal.code in UNFINISHED and young:
                return Event(file, "waiting", "changing", CHANGING)
            return self._refused(Event(file, "refused", refusal.code, refusal.message))

    def _moved(self, event: Event, ours: str = DONE) -> Event:
        place = self._folder.move(self._folder.root / event.file, self._folder.place_for(event.file, ours))
        return replace(event, place=place)

    def _refused(self, event: Event) -> Event:
        """Put aside, the reason beside it."""
        place = self._folder.place_for(event.file, REFUSED)
        told = self._folder.place_for(f"{Path(event.file).parent / place.name[:LONGEST]}_退回原因.txt", REFUSED)
        write_atomically(told, reason(event, self._clock()).encode("utf-8", "replace"))
        try:
            return self._moved(event, REFUSED)
        except OSError:  # somebody has it open: each look would write another
            told.unlink()
            raise

    # ------------------------------------------------------------ the office's own copy

    def _store(self, via: str) -> PlanStore:
        return PlanStore(self._tenant, OFFICE, via, self._today())

    def _is_the_offices(self, path: Path) -> bool:
        text = ExcelCopy(path, only_read=True).stamp()
        stamp = read_stamp(text, self._store("command").key()) if text else None
        return stamp is not None and stamp.holder == OFFICE

    def _synced(self, file: str) -> Event:
        """An ordinary pass over the file where it lies. What was taken and could not be written is written by the
        pass of the next look."""
        copy = _SyncedCopy(self._folder.root / file)
        plan = run_pass(self._store(f"sheet:{_printable(file)}"), copy, self._clock, who=OFFICE)
        event = Event(file, "done", plan=plan)
        if plan.stopped:
            event = replace(event, state="refused", code=plan.stopped.code, message=plan.stopped.message)
            return replace(event, state="waiting") if plan.stopped.code == "busy" else self._refused(event)
        in_place = copy.target == copy.path
        left = copy.left if copy.left and in_place else plan.fingerprint
        if bool(copy.left) == plan.empty or digest(copy.path) != left:
            return replace(event, state="waiting", code="changing", message=CHANGING)
        beside = f"{file}{BACKUP_SUFFIX}" if in_place else str(Path(file).with_name(copy.target.name))
        if (self._folder.root / beside).exists():  # also what a run left that died before it was moved
            place = self._folder.move(self._folder.root / beside, self._folder.place_for(beside, DONE))
            event = event if in_place else replace(event, replies=(place,))
        return self._moved(event)

    # ------------------------------------------------------------ what units return

    def _collected(self, file: str, still: Path) -> Event:
        """Collected from a copy of the file that nobody writes to."""
        folder = self._folder.place_for(file, DONE).parent
        task = Task((still,), replies=folder, again=True)
        found = Collector(self._tenant, task, self._today(), self._clock, lambda *_: None).collect().files
        replies = tuple(str((folder / one.reply).relative_to(self._folder.root)) for one in found if one.reply)
        event = Event(file, "done", replies=replies, returns=found)
        if digest(still) != digest(self._folder.root / file):
            return replace(event, state="waiting", code="changing", message=CHANGING)
        bad = wrong(found)
        for one in bad:
            if one.code in NOT_ITS_FAULT:
                return replace(event, state=NOT_ITS_FAULT[one.code], code=one.code, message=one.message)
        if all(one.state == "skipped" for one in found):
            return self._refused(replace(event, state="refused", code="skipped", message=NOTHING_IN_IT))
        if bad:
            return self._refused(replace(event, state="refused", code=bad[0].code, message=bad[0].message))
        return self._moved(event)


def _printable(text: str) -> str:
    """Names of files are bytes; some are not UTF-8, and no database holds these."""
    return text.encode("utf-8", "replace").decode()
