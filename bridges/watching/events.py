"""What became of a file in a watched folder: plain data, for JSON, for people, and for who dropped it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bridges.rounds.report import FileReport
from bridges.sync.plan import Plan

State = Literal[
    "done",
    "refused",  # put aside, with a text that says why
    "waiting",  # left where it is until the next look
    "failed",  # left where it is until it is changed: an error of ours
    "skipped",  # no sheet; left where it is
]
GET_OURS = "请用办公室下发的那份表填报，再放入原文件夹。"
CHECK = "请检查表中的行是否缺失、错位，改正后再放入原文件夹；确属有意的，请告知牵头办公室单独办理（{code}）。"
NEXT = {
    "no_stamp": GET_OURS,
    "bad_stamp": GET_OURS,
    "unknown_stamp": GET_OURS,
    "master": "请把办公室的总表从压缩包中取出，单独放入原文件夹。",
    "rows_missing": CHECK,
    "ids_slid": CHECK,
}
"""What to do after a refusal, by its code."""
REPAIR = "请按上述原因改正后，再放入原文件夹。"


@dataclass(frozen=True)
class Event:
    """One file. `place`: where it lies now, `replies`: the workbooks that answer it, all below the folder. `returns`:
    what was collected from it (several where it is a zip); `plan`: the pass over it, where it is the office's own."""

    file: str
    state: State
    code: str = ""
    message: str = ""
    place: str = ""
    replies: tuple[str, ...] = ()
    returns: tuple[FileReport, ...] = ()
    plan: Plan | None = None

    @property
    def needs_person(self) -> bool:
        bad = self.state in ("refused", "failed") or any(one.needs_person for one in self.returns)
        return bad or bool(self.plan and self.plan.status)

    def as_json(self) -> dict[str, Any]:
        plain = {key: getattr(self, key) for key in ("file", "state", "code", "message", "place", "replies")}
        returns = [one.as_json() for one in self.returns]
        return plain | {"returns": returns, "sync": self.plan and self.plan.as_json()}


def wrong(returns: Sequence[FileReport]) -> list[FileReport]:
    """Those of a zip's files that were not taken and should have been."""
    return [one for one in returns if one.code and one.state != "skipped"]


def reason(event: Event, at: datetime) -> str:
    """The text beside a refused file: what is wrong, and what to do."""
    refused = [(one.file, one.code, one.message) for one in wrong(event.returns)]
    lines = [f"“{event.file}”已退回（{at:%Y-%m-%d %H:%M}）。"]
    for file, code, message in refused or [(event.file, event.code, event.message)]:
        done = NEXT.get(code, REPAIR).format(code=code)
        lines += ["", f"文件：{file}", f"原因：{message}", f"办理：{done}"]
    taken = [one.file for one in event.returns if not one.code]
    lines += ["", f"其余已收：{'、'.join(taken)}"] if taken else []
    return "\n".join((*lines, ""))
