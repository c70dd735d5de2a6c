"""Answering what came back: the returned workbook with the table's values, messages and a new stamp (答复)."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import fingerprint, read_workbook, write_atomically
from bridges.excel.errors import FileChanged, FileUnreadable
from bridges.ports import Busy
from bridges.rounds.caller import Caller
from bridges.rounds.desk import Current, Out
from bridges.rounds.merging import Merged, same_return
from bridges.rounds.names import file_names
from bridges.rounds.packets import Heading
from bridges.rounds.reading import Read
from bridges.rounds.report import FileReport, reply_name
from bridges.rounds.store import RoundStore, received
from bridges.rounds.unstamped import as_packet
from bridges.runner import Clock, run_pass
from bridges.sync.model import OFFICE, Before
from bridges.sync.plan import Plan, Writes
from bridges.sync.returns import settled_view
from bridges.sync.stamp import Stamp, write_stamp
from tenants.errors import ZwgkError

NOT_ANSWERED = "填报已收入系统，但答复未能写入文件夹；请检查文件夹后再次汇总，即补写答复"
Progress = Callable[[str, int, int, str], None]
"""Told before each file: what is done with it, how many are done, of how many, its name."""


@dataclass(frozen=True)
class Taken:
    """A return, what became of it (None: it was refused), and its report."""

    read: Read
    merged: Merged | None
    report: FileReport

    @property
    def has_news(self) -> bool:
        """There is something to tell, or to bring up to date. What came without a stamp has no place for messages:
        whether there are any shows when it has got one."""
        plan = self.merged.plan if self.merged else None
        return plan is not None and not plan.stopped and (self.read.bare or plan.writes != Writes())


class Answerer:
    """Writes answers into a folder."""

    def __init__(self, tenant: str, folder: Path, today: date, clock: Clock, caller: Caller) -> None:
        self._tenant, self._folder, self._today, self._clock, self._caller = tenant, folder, today, clock, caller

    def answer(self, round_: Current, taken: Sequence[Taken], progress: Progress) -> Iterator[FileReport]:
        """Answer the returns in which there is news, the same content once; gives the reports with the answers' names.
        An answer that lies in the folder already is not written again."""
        wanted = {one.read.same: one for one in reversed(taken) if one.has_news}
        known = {same: one.merged.reply for same, one in wanted.items() if one.merged.reply}
        answers: dict[tuple[str, str], str | None]
        answers = {same: file for same, file in known.items() if (self._folder / file).exists()}
        missing = [one.read for same, one in wanted.items() if same not in answers]
        names = [reply_name(one.found.label, one.packet.unit) for one in missing]
        files = file_names(names, ".xlsx", [path.name for path in self._folder.glob("*")])
        for number, (one, file) in enumerate(zip(missing, files, strict=True)):
            progress("答复", number, len(files), file)
            answers[one.same] = self._write(round_, one, file)
        for one in taken:
            reply = answers.get(one.read.same, "")
            failed = {"code": "not_answered", "message": NOT_ANSWERED} if reply is None else {}
            yield replace(one.report, reply=reply or "", **failed)

    def _write(self, round_: Current, one: Read, file: str) -> str | None:
        """The name of the answer; '' where there is nothing to answer, None where it could not be written."""
        by = self._caller
        store = ReplyStore(self._tenant, by.actor, f"reply:{file}", self._today, address=by.address)
        store.answering(one, file)
        with tempfile.TemporaryDirectory(prefix="zwgk-reply-") as folder:
            try:
                copy = ExcelCopy(self._draft(Path(folder), round_, one, store))
            except (FileChanged, FileUnreadable):  # somebody saved it anew, or took it away
                return None
            try:
                plan = run_pass(store, copy, self._clock, who=OFFICE)
            except (ZwgkError, Busy):
                return ""
            if plan.stopped or plan.empty:
                return ""
            try:
                write_atomically(self._folder / file, copy.target.read_bytes())
            except FileUnreadable:  # what was taken is taken, and the report still to be given
                return None
        return file

    def _draft(self, folder: Path, round_: Current, one: Read, store: "ReplyStore") -> Path:
        """The returned workbook itself; the original is not touched. Raises FileChanged, FileUnreadable where it is not
        there any more as it was read."""
        if not one.bare:
            source, draft = read_workbook(one.found.path), folder / f"draft{one.found.path.suffix or '.xlsx'}"
            if fingerprint(source) != one.fingerprint:
                raise FileChanged(name=one.found.label)
            draft.write_bytes(source)
            return draft
        draft, heading = folder / "draft.xlsx", Heading(round_.title, one.packet.unit, round_.due)
        stamp = write_stamp(one.stamp, store.key())
        draft.write_bytes(as_packet(one.snapshot(), store.load(one.stamp), stamp, heading, self._clock()))
        return draft


class ReplyStore(RoundStore):
    """The store for the answer to a return, which is an ordinary pass over a copy of its file: all that was read from
    its version is known, and the return notes the new version."""

    packet: Out
    answers: Read
    file: str

    def answering(self, one: Read, file: str) -> "ReplyStore":
        """Set what is answered, and the name of the file that will be the answer."""
        self.packet, self.answers, self.file = one.packet, one, file
        return self

    def load(self, stamp: Stamp) -> Before:
        with self.together() as session:
            before = super().load(stamp)
            return settled_view(before, received(session, self.packet.plan_id, self.packet.unit_id))

    def commit(self, plan: Plan, revision: int) -> None:
        with self.together() as session:
            super().commit(plan, revision)
            found = session.scalars(same_return(self.answers)).one()
            found.reply, found.reply_file = plan.pass_id, self.file
