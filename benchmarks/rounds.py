"""A round of 100 units, 1,000 rows each: handed out, filled in, collected; and the pandas script that merely reads.

Its rows are those of one plan in which every unit has every task.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.home import TENANT, open_home, zwgk
from benchmarks.material import DETAIL, chinese

PACKETS, ROWS = 100, 1_000
EVERY = 200
"""Every so many rows of a packet one is filled in: five edits a packet."""
FOLDER = "packets"


def plan_for_all() -> str:
    """A plan in which every unit has every task."""
    units = "、".join(f"第{number}处" for number in range(1, PACKETS + 1))
    lines = ["2024年示例机关政务公开工作要点"]
    for n in range(ROWS):
        if n % 100 == 0:
            lines.append(f"{chinese(n // 100 + 1)}、第{n // 100 + 1}方面工作")
        lines.append(f"({chinese(n % 100 + 1)})做好第{n + 1}项工作。{DETAIL}(责任单位:{units})")
    return "\n".join(lines) + "\n"


def round_prepare(home: str, place: str) -> float:
    """Import the plan and hand it out; each unit fills in what it knows. Gives the seconds of handing out."""
    from core.cli import run

    document, folder = Path(place) / "plan.txt", Path(place) / FOLDER
    document.write_text(plan_for_all(), encoding="utf-8")
    runtime = open_home(home)
    try:
        run(["tenant", "add", TENANT, "--name", "示例机关", "--plugin", "openness"], runtime)
        zwgk(runtime, "plan", "import", str(document))
        zwgk(runtime, "plan", "confirm")
        began = time.perf_counter()
        zwgk(runtime, "round", "send", "--out", str(folder))
        took = time.perf_counter() - began
    finally:
        runtime.close()
    for path in _returned(place):
        _fill_in(path)
    return took


def _returned(place: str) -> list[Path]:
    return sorted((Path(place) / FOLDER).glob("第*.xlsx"))


def _fill_in(path: Path) -> None:
    """As a unit does: the cells it reports in, and nothing else."""
    from bridges.excel.address import column_letters
    from bridges.excel.export import HEADER_ROW
    from bridges.excel.patch import Edit, patch
    from bridges.excel.reader import read_grids

    source = path.read_bytes()
    (sheet,) = read_grids(source).values()
    column = column_letters(list(sheet.values[HEADER_ROW - 1]).index("进展情况") + 1)
    numbers = range(HEADER_ROW + 1, HEADER_ROW + 1 + ROWS, EVERY)
    path.write_bytes(patch(source, [Edit(sheet.name, f"{column}{n}", f"{path.stem}：第{n}行已完成") for n in numbers]))


def round_collect(home: str, place: str, files: str = str(PACKETS)) -> float:
    """Collect so many returned packets: read, validated, merged, reported."""
    from bridges.rounds.collecting import Collector, Task

    def clock() -> datetime:
        return datetime.now(UTC)

    runtime = open_home(home)
    try:
        with runtime.app.app_context():
            began = time.perf_counter()
            paths = tuple(_returned(place)[: int(files)])
            found = Collector(TENANT, Task(paths), runtime.today, clock, lambda *_: None).collect()
            found.as_json()
            took = time.perf_counter() - began
    finally:
        runtime.close()
    taken = sum(len(one.lists.get("applied", ())) for one in found.files)
    if taken != int(files) * ROWS // EVERY:
        raise SystemExit(f"{taken} edits taken: {[one for one in found.files if not one.lists][:3]}")
    return took


def pandas_concat(place: str) -> float:
    """The peer: what people write instead, and it only reads."""
    import pandas

    paths = _returned(place)
    began = time.perf_counter()
    whole = pandas.concat([pandas.read_excel(path, engine="openpyxl", header=2) for path in paths])
    took = time.perf_counter() - began
    if len(whole) != PACKETS * ROWS:
        raise SystemExit(f"{len(whole)} rows")
    return took


CASES: dict[str, Callable[..., float]] = {
    "round_prepare": round_prepare,
    "round_collect": round_collect,
    "pandas_concat": pandas_concat,
}
