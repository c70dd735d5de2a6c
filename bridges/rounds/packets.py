"""What a packet looks like: the unit's rows, a title and instructions above them. And the list of all packets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bridges.excel.export import Layout, SheetColumn, export_workbook
from bridges.excel.layout import layout_of
from bridges.sync.plan import Plan
from bridges.table import Table

LIST_COLUMNS = (
    SheetColumn("序号", 6, centered=True),
    SheetColumn("责任单位", 24),
    SheetColumn("文件", 34),
    SheetColumn("行数", 8, centered=True),
    SheetColumn("版本", 16),
    SheetColumn("交回期限", 14, centered=True),
)


@dataclass(frozen=True)
class Heading:
    """What stands above the rows of a packet."""

    title: str
    unit: str
    due: date | None

    @property
    def lines(self) -> str:
        """Who, by when, what to fill in, what not, and how to answer a message."""
        until = f"，请于 {self.due.year}年{self.due.month}月{self.due.day}日 前交回" if self.due else ""
        return "\n".join(
            (
                f"责任单位：{self.unit}{until}。",
                "一、请填写白底各列；灰底各列由牵头办公室维护，如有误可直接改，改动将作为建议提交。",
                "二、完成情况请从下拉中选；清空状态、日期、数字请填 清空。可以排序、筛选，请勿删除隐藏的编号列。",
                "三、“同步提示”列有内容时，请按提示改填；或在该格下拉中选 采用本表 / 采用系统。",
            )
        )


def lay_out(heading: Heading) -> Callable[[Table, Plan, str], Layout]:
    """For `ExcelCopy`: the layout of the unit's packet."""

    def packet(table: Table, plan: Plan, stamp: str) -> Layout:
        return replace(layout_of(table, plan, stamp), title=heading.title, subtitle=heading.lines)

    return packet


def list_of_packets(title: str, due: date | None, packets: Iterable[tuple[str, str, int, str]], at: datetime) -> bytes:
    """The workbook that says who got what (下发清单): `packets` are (unit, file, rows, version)."""
    rows = tuple(
        (number, unit, file, count, version, due) for number, (unit, file, count, version) in enumerate(packets, 1)
    )
    subtitle = f"共 {len(rows)} 份，制表时间 {at:%Y-%m-%d %H:%M}"
    made = at.replace(tzinfo=None)
    return export_workbook(Layout(f"{title}下发清单", subtitle, LIST_COLUMNS, rows, made, "下发清单"))
