"""What a collection found, unit by unit: plain data, for JSON and for people."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bridges.rounds.desk import Current
from bridges.rounds.merging import Merged
from bridges.rounds.names import safe_name, units_named
from bridges.sync.plan import CellItem, Plan, RowItem
from bridges.sync.returns import Edit
from bridges.table import Scalar

LISTS = ("applied", "settled", "conflicts", "rejected", "restored", "proposals", "missing", "duplicated", "waiting")
"""Lists of a pass that a return has; what it would write is for the reply."""
PERSON = ("conflicts", "open", "rejected", "proposals", "missing", "duplicated", "waiting", "foreign_rows")
OTHER_NAME = "文件名写的是“{named}”，表是发给“{unit}”的，已按“{unit}”填报收入；如不是其本人填报，请撤销这次同步"
State = Literal[
    "merged",
    "nothing_new",  # a return without any edit
    "double",  # the same was taken before
    "wrong_round",  # merged, late
    "not_taken",  # of another round, where one round was asked for
    "stopped",  # by a guard
    "refused",  # cannot be read
    "unknown",  # no stamp, or none of ours
    "skipped",  # no sheet at all
]
TITLES = {
    "applied": "收入系统",
    "settled": "已处理的冲突",
    "corrected": "已更正（可以恢复）",
    "conflicts": "冲突，待处理",
    "open": "仍待处理",
    "rejected": "未能识别",
    "restored": "未收，按系统原值",
    "proposals": "修改建议，待处理",
    "missing": "缺少的行（未作删除）",
    "duplicated": "重复的行",
    "foreign_rows": "别的单位的行",
    "waiting": "未读取的行",
}


@dataclass(frozen=True)
class Corrected:
    """A value that later returns of the same hand replaced."""

    row: str
    field: str
    value: Scalar


@dataclass(frozen=True)
class FileReport:
    """One file. `late`: of another round than the one collected. `pass_id`: for `sheet undo`. `doubt`: what a person
    should look at, though it was taken."""

    file: str
    state: State
    unit: str = ""
    round: str = ""
    late: bool = False
    pass_id: str = ""
    code: str = ""
    message: str = ""
    reply: str = ""
    doubt: str = ""
    lists: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def needs_person(self) -> bool:
        wrong = bool(self.code and self.state != "skipped") or self.late or bool(self.doubt)
        return wrong or any(self.lists.get(name) for name in PERSON)

    def as_json(self) -> dict[str, Any]:
        plain = {key: value for key, value in asdict(self).items() if key not in ("lists", "pass_id")}
        return plain | {"pass": self.pass_id or None} | self.lists


def of_merged(file: str, unit: str, round_: str, late: bool, merged: Merged, units: Iterable[str]) -> FileReport:
    """The report of a return that was merged. `units`: of the round, to tell a file that is called by another one."""
    plan = merged.plan
    if plan.stopped:
        stop = plan.stopped
        return FileReport(file, "stopped", unit, round_, late, code=stop.code, message=stop.message)
    if merged.double:
        return FileReport(file, "double", unit, round_, late)
    state: State = "wrong_round" if late else "merged" if merged.edits else "nothing_new"
    lists = _lists(plan, merged)
    doubt = _doubt(file, unit, units) if merged.edits else ""
    return FileReport(file, state, unit, round_, late, merged.pass_key, doubt=doubt, lists=lists)


def _doubt(file: str, unit: str, units: Iterable[str]) -> str:
    """A file is whose its stamp says, never whose its name says; but nobody shall speak for another one unseen."""
    named = units_named(file, (*units, unit))
    return OTHER_NAME.format(named="、".join(named), unit=unit) if named and unit not in named else ""


def _lists(plan: Plan, merged: Merged) -> dict[str, list[Any]]:
    lists: dict[str, list[Any]] = {name: _items(getattr(plan.report, name)) for name in (*LISTS, "open")}
    lists["waiting"] = [item for item in lists["waiting"] if item["row"] not in merged.foreign and item["at"]]
    foreign = {item.row: item for item in plan.report.waiting if item.row in merged.foreign}
    lists["foreign_rows"] = _items(
        [replace(item, message=_whose(merged.foreign[id_])) for id_, item in foreign.items()]
    )
    lists["corrected"] = [asdict(_corrected(edit)) for edit in merged.corrected]
    return {name: items for name, items in lists.items() if items}


def _whose(unit: str) -> str:
    whose = f"是“{unit}”的任务" if unit else "还没有责任单位"
    return f"本行{whose}，不在这份下发表中，内容未读取；请由其责任单位填报"


def _items(items: Sequence[CellItem | RowItem]) -> list[dict[str, Any]]:
    return [asdict(item) for item in items]


def _corrected(edit: Edit) -> Corrected:
    return Corrected(edit.row, edit.field, edit.value.written)


@dataclass(frozen=True)
class Collection:
    """The report of a run. `not_returned`: units of the round from which nothing has come yet, in this or any run;
    `divisions`: those of divided packets from which nothing has."""

    round: Current
    files: tuple[FileReport, ...]
    units: tuple[str, ...]
    returned: frozenset[str]
    dry_run: bool
    divisions: tuple[str, ...] = ()

    @property
    def not_returned(self) -> list[str]:
        return [unit for unit in self.units if unit not in self.returned]

    @property
    def status(self) -> int:
        """Exit status: 1 when something needs a person."""
        return 1 if self.not_returned or self.divisions or any(file.needs_person for file in self.files) else 0

    def as_json(self) -> dict[str, Any]:
        of = {"key": self.round.key, "title": self.round.title, "due": self.round.due}
        units = [self._unit(unit) for unit in self.units]
        files = [file.as_json() for file in self.files]
        return {
            "round": of,
            "dry_run": self.dry_run,
            "units": units,
            "not_returned": self.not_returned,
            "divisions_not_returned": self.divisions,
            "files": files,
        }

    def _unit(self, unit: str) -> dict[str, Any]:
        mine = [file for file in self.files if file.unit == unit]
        lists = {name: [item for file in mine for item in file.lists.get(name, ())] for name in TITLES}
        state = "returned" if unit in self.returned else "not_returned"
        return {"unit": unit, "state": state, "files": [file.file for file in mine], **lists}


def reply_name(file: str, unit: str) -> str:
    """What the answer to a returned file is called."""
    name = file.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, _ = name.rpartition(".")
    return safe_name(f"{unit}_答复_{stem if dot else name}")
