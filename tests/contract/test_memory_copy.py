"""The memory copy keeps the contract of all copies."""

from pathlib import Path

from bridges.memory import FIRST_ROW, MemoryCopy
from bridges.table import Scalar
from tests.contract.copy_contract import CopyContract


class TestMemoryCopy(CopyContract):
    def new(self, folder: Path) -> MemoryCopy:
        return MemoryCopy()

    def type_into(self, copy: MemoryCopy, at: str, value: Scalar) -> None:
        copy.rows[int(at[1:]) - FIRST_ROW][copy.columns[ord(at[0]) - ord("A")]] = value

    def keep_busy(self, copy: MemoryCopy) -> None:
        copy.busy = "有人打开着"
