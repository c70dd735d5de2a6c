"""What stands in 同步提示: one short text per row, saying what to do next and naming both values.

The part that states how things are (conflicts, what was not understood, a cancelled row) is derived anew whenever the
row is looked at and goes when the reason goes. The part that reports what happened stays until something else happens.
"""

from collections.abc import Iterable, Mapping

from bridges.sync.cells import Choice
from bridges.sync.model import BaseCell
from bridges.sync.values import Reading, plain
from bridges.table import Column, Raw, RowState, Scalar

PREFIX = "【同步】"
CHOICES: Mapping[str, Choice] = {"采用本表": "mine", "采用系统": "system"}

STATES: Mapping[RowState, str] = {
    "active": "",
    "cancelled": "本行任务已取消，再填写的内容将作为建议提交",
    "left": "本行已不在本表范围内，再填写的内容将作为建议提交",
}
UNKNOWN = "本行不是这张表的任务行（可能是别的单位的，或编号被改动），内容未读取；如需新增一行，请清空本行的编号"
TIE = "有几行编号相同而任务内容都改过，无法判断哪一行是原来的；请删去多余的行，或清空新行的编号"
TWIN = "本行与另一行编号相同，其中的修改已并入原来的行；如需另增一行，请直接在本行修改"
COLUMN_ABSENT = "没有找到“{header}”列（可能改了列名，或有几列同名），其中的内容未读取；请恢复列名“{header}”，且只留一列"
NO_ROOM = "表格下方有其他内容（如合计、落款），新任务暂未写入；请把这些内容移到别处后再同步"
ROW_PROPOSED = "新增的行已作为建议提交牵头办公室，采纳后生效"
ROW_CLOSED = "本表不接受新增行，本行未读取"
NOT_ADOPTED = "系统中没有与本行对应的任务，本行未收入；如要新增任务，请修改本行后再同步"
WITHDRAWN = "本行的新增已被撤销，内容未读取"


def show(value: Scalar) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "空白"
    return f"「{value:g}」" if isinstance(value, float) else f"「{value}」"


def choice(text: str) -> Choice:
    """What a person chose in the drop-down of 同步提示."""
    return CHOICES.get(text.strip(), "")


def is_own_words(text: str) -> bool:
    """A person's own text in 同步提示: neither our message, nor blank, nor a choice."""
    return bool(text.strip()) and not choice(text) and not text.startswith(PREFIX)


def compose(parts: Iterable[str]) -> str:
    """The text of the cell; "" where there is nothing to say."""
    text = "；".join(dict.fromkeys(part for part in parts if part))
    return f"{PREFIX}{text}" if text else ""


def waiting(column: Column, shown: Raw, reading: Reading, cell: BaseCell) -> str:
    """What a cell that is not in step asks of the person."""
    ours = f"{column.header}：系统现为{show(cell.told.written)}"
    if cell.state == "invalid":
        moved = f"；{ours}" if cell.told_number is not None else ""
        return f"{column.header}{reading.trouble}{moved}"
    if cell.state == "refused":
        return f"{ours}，但此格不能改写（被合并、属于数组公式等），请先取消合并或公式"
    if cell.state == "candidate":
        return f"{ours}，本表为{show(plain(shown))}。请改填要保留的值，或在此格选 采用本表 / 采用系统"
    return ""


def restored(column: Column, value: Scalar) -> str:
    how = "" if column.required else "；如要清空请填 清空"
    return f"{column.header}不能留空，已恢复为{show(value)}{how}"


def proposed(column: Column, wish: Scalar, value: Scalar) -> str:
    return f"{column.header}改为{show(wish)}已作为建议提交，采纳前仍为{show(value)}"


def put_back(column: Column, value: Scalar) -> str:
    return f"{column.header}由系统填写，已恢复为{show(value)}"


def twin_differs(column: Column, value: Scalar) -> str:
    return f"{column.header}填写的{show(value)}与原来的行不同，已列入待处理"


def lacking(column: Column) -> str:
    """What keeps a line from being a row."""
    return f"缺少{column.header}，未作为新增行读取"


def not_added(column: Column, reading: Reading) -> str:
    return f"新增的行尚未加入：{column.header}{reading.trouble}"
