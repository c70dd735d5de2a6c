"""`make bench`: every figure that an issue asked for, measured in one run, into `benchmarks/latest.json`.

Each case runs in a process of its own (so that memory is its own), several times in turn with what it is compared
with; figures are medians. Ratios travel between machines, seconds do not: look at `machine` before comparing them.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.material import TASKS, plan_of, two_megabytes

ROUNDS = 3
LATEST = Path(__file__).with_name("latest.json")


def measure(case: str, *arguments: object) -> dict[str, float]:
    """Run one case of `benchmarks.cases` in a fresh process: seconds and megabytes (peak of the process)."""
    command = [sys.executable, "-m", "benchmarks.cases", case, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{case} failed:\n{ended.stderr}")
    return json.loads(ended.stdout.splitlines()[-1])


def medians(cases: Sequence[Sequence[object]]) -> list[dict[str, float]]:
    """Each case `ROUNDS` times, in turn; the median of each figure."""
    rounds = [[measure(str(case[0]), *case[1:]) for case in cases] for _ in range(ROUNDS)]
    return [
        {name: statistics.median(one[i][name] for one in rounds) for name in rounds[0][i]} for i in range(len(cases))
    ]


def machine() -> str:
    """What the figures were measured on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def prepared(place: Path, rows: int) -> tuple[Path, Path]:
    """A home with a plan of so many rows, all columns filled, and its workbook."""
    home, text, book = place / f"home{rows}", place / f"plan{rows}.txt", place / f"plan{rows}.xlsx"
    text.write_text(plan_of(-(-rows * 2 // 3)), encoding="utf-8")
    measure("import", home, text)
    measure("pass_prepare", home, book)
    return home, book


def passes(place: Path, put: Callable[..., None]) -> None:
    """Whole passes, one per cent of the rows changed on each side, beside what other programs need for a part of it."""
    home, book = prepared(place, 10_000)
    peers = [(name, book) for name in ("calamine", "openpyxl_load", "openpyxl_edit", "import_export")]
    cases = [("pass_edit", home, book), ("pass", home, book), ("pass_unchanged", home, book), *peers]
    _, whole, idle, calamine, load, save, django = medians(cases)
    seconds = whole["seconds"]
    put("pass_10k", seconds, "s", "", "whole pass, in process, PostgreSQL included")
    put("pass_10k_vs_openpyxl", save["seconds"] / seconds, "x", ">= 8", "openpyxl load, edit and save")
    put("pass_10k_vs_import_export", django["seconds"] / seconds, "x", ">= 8", "django-import-export, one way")
    put("pass_10k_vs_calamine", seconds / calamine["seconds"], "x", "<= 4", "one read by calamine")
    put("pass_10k_extra_memory", whole["own"], "MB", "<= 60", "peak less what there was before, this process")
    put("pass_10k_worker_memory", whole["worker"], "MB", "", "the same of the reading worker")
    put("unchanged_vs_openpyxl", load["seconds"] / idle["seconds"], "x", ">= 200", "openpyxl full load")
    per_row = []
    for rows in (1_000, 50_000):
        home, book = prepared(place, rows)
        _, whole = medians([("pass_edit", home, book), ("pass", home, book)])
        per_row.append(whole["seconds"] / rows)
    put("pass_growth_1k_50k", per_row[1] / per_row[0], "x", "<= 1.5", "seconds a row at 50,000 rows, to 1,000")


def writer(place: Path, put: Callable[..., None]) -> None:
    """One per cent of the cells of a workbook written anew, and the workbook read, beside what others need."""
    book = place / "cells.xlsx"
    measure("writer_make", book, 10_000)
    ours, theirs, read, bare = medians(
        [("writer_patch", book), ("writer_wolfxl", book), ("writer_read", book), ("calamine", book)]
    )
    put("patch_vs_wolfxl", theirs["seconds"] / ours["seconds"], "x", ">= 1", "wolfxl modify, the same edits")
    put("read_vs_calamine", read["seconds"] / bare["seconds"], "x", "", "a bare read by calamine, without limits")


def rounds(place: Path, put: Callable[..., None]) -> None:
    """A hundred returned packets of 1,000 rows; not repeated, a file is collected once."""
    folder = place / "round"
    folder.mkdir()
    sent = measure("round_prepare", folder / "home", folder)
    collected, pandas = measure("round_collect", folder / "home", folder), measure("pandas_concat", folder)
    put("send_100", sent["seconds"], "s", "", "100 packets of 1,000 rows handed out")
    put("collect_100", collected["seconds"], "s", "", "read, validated, merged, reported")
    put("collect_100_peak", collected["megabytes"], "MB", "", "whole process")
    put(
        "collect_100_vs_pandas",
        collected["seconds"] / pandas["seconds"],
        "x",
        "<= 0.25",
        "pandas reads and concatenates",
    )


def serving(place: Path, put: Callable[..., None]) -> None:
    """The list of fifty tasks over HTTP: its processor time beside bare Flask, and among two thousand tenants."""
    homes = [place / name for name in ("list", "one", "many")]
    for home in homes:
        home.mkdir()
    listed = measure("list_50", homes[0])
    put("list_50_cpu", listed["seconds"] * 1000, "ms", "", "processor a request, signed in, isolation on")
    put("list_50_cpu_vs_flask", listed["ratio"], "x", "<= 1.6", "bare Flask + orjson, same SQL, driver and transaction")
    put("list_50_cpu_vs_list_alone", listed["ratio_alone"], "x", "", "the same without the SQL of who asks")
    among = measure("tenants", homes[1], homes[2])
    put("tenants_2000_p95", among["seconds"] * 1000, "ms", "", "2,000 tenants of 1,000 tasks, in process")
    put("tenants_2000_p95_ratio", among["ratio"], "x", "<= 1.3", "the same with one tenant")


def main() -> None:
    """Measure, print, and write `latest.json`."""
    figures: dict[str, dict[str, Any]] = {}

    def put(name: str, value: float, unit: str, goal: str, against: str) -> None:
        figures[name] = {"value": round(value, 3), "unit": unit, "goal": goal, "against": against, "machine": machine()}
        print(f"{name:32} {value:10.3f} {unit:6} goal {goal or '-':8} {against}", flush=True)

    with tempfile.TemporaryDirectory(prefix="zwgk-bench-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o711)
        text, book = place / "plan.txt", place / "plan.xlsx"
        text.write_text(two_megabytes(), encoding="utf-8")
        (decompose,) = medians([("decompose", text)])
        put("decompose_2mb", decompose["seconds"], "s", "<= 2", f"text of {text.stat().st_size} bytes, {TASKS} tasks")
        (compared,) = medians([("ten_years",)])
        put("compare_ten_years", compared["seconds"], "s", "<= 1", "ten plans of a district, some 370 tasks each")
        imported = measure("import", place / "home", text)
        put("import_10k", imported["seconds"], "s", "", f"{TASKS} tasks into PostgreSQL")
        export = measure("export", place / "home", book)
        put("export_10k", export["seconds"], "s", "", "plan to workbook, pass committed")
        put("export_10k_peak", export["megabytes"], "MB", "", "whole process")
        unedited, peer = medians([("sync", place / "home", book), ("openpyxl", book)])
        put("unedited_10k", unedited["seconds"], "s", "", "sync of an unedited workbook")
        put("unedited_10k_peak", unedited["megabytes"], "MB", "", "whole process")
        put("openpyxl_10k", peer["seconds"], "s", "", "openpyxl load and save of the same file")
        put("openpyxl_10k_peak", peer["megabytes"], "MB", "", "whole process")
        put("openpyxl_vs_unedited_10k", peer["seconds"] / unedited["seconds"], "x", "> 1", "openpyxl load and save")
        passes(place, put)
        writer(place, put)
        rounds(place, put)
        serving(place, put)
    LATEST.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
