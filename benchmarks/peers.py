"""What a pass is measured against. Peers are not dependencies: each is imported in its case (requirements/bench.in)."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

STEP = 100
"""Every so many rows one is changed."""


def calamine(book: str) -> float:
    """One read of all values."""
    from python_calamine import CalamineWorkbook

    began = time.perf_counter()
    with CalamineWorkbook.from_path(book) as opened:
        for name in opened.sheet_names:
            opened.get_sheet_by_name(name).to_python()
    return time.perf_counter() - began


def openpyxl_load(book: str) -> float:
    """A full load."""
    from openpyxl import load_workbook

    began = time.perf_counter()
    load_workbook(book)
    return time.perf_counter() - began


def openpyxl_edit(book: str) -> float:
    """Load, change a cell in one per cent of the rows, save."""
    from openpyxl import load_workbook

    began = time.perf_counter()
    opened = load_workbook(book)
    sheet = opened.active
    for number in range(4, sheet.max_row, STEP):
        sheet.cell(number, 14).value = "改"
    opened.save(book + ".openpyxl.xlsx")
    return time.perf_counter() - began


def import_export(book: str) -> float:
    """django-import-export reads a plain table with the same rows into SQLite, one way; one per cent are changed."""
    from django.conf import settings

    file = Path(book + ".sqlite3")
    file.unlink(missing_ok=True)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}
    settings.configure(INSTALLED_APPS=["import_export"], DATABASES={"default": database})
    import django

    django.setup()
    from django.db import connection, models
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    plain, rows = _plain_table(book)
    names = rows.pop(0)
    fields = {name: models.TextField() for name in names[1:]} | {names[0]: models.CharField(primary_key=True)}
    meta = type("Meta", (), {"app_label": "import_export"})
    row = type("Row", (models.Model,), fields | {"Meta": meta, "__module__": __name__})
    with connection.schema_editor() as editor:
        editor.create_model(row)
    old = [[*values[:-1], "旧"] if n % STEP == 0 else values for n, values in enumerate(rows)]
    row.objects.bulk_create([row(**dict(zip(names, values, strict=True))) for values in old])
    options = {"model": row, "import_id_fields": [names[0]], "skip_unchanged": True, "report_skipped": False}
    resource = type("Rows", (resources.ModelResource,), {"Meta": type("Meta", (), options)})()
    began = time.perf_counter()
    done = resource.import_data(XLSX().create_dataset(plain), raise_errors=True)
    took = time.perf_counter() - began
    if done.totals["update"] != len(rows) // STEP:
        raise SystemExit(f"{done.totals}")
    return took


def _plain_table(book: str) -> tuple[bytes, list[list[str]]]:
    """The rows with one header above them, which is where tablib looks for it, and nothing blank."""
    from openpyxl import Workbook
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(book) as opened:
        found = [row for row in opened.get_sheet_by_index(0).to_python() if row[0]]
    names = [f"c{n}" for n in range(len(found[0]) - 1)]
    rows = [names, *([str(value or "-") for value in row[:-1]] for row in found[1:])]
    plain, file = Workbook(write_only=True), BytesIO()
    sheet = plain.create_sheet()
    for values in rows:
        sheet.append(values)
    plain.save(file)
    return file.getvalue(), rows


CASES: dict[str, Callable[[str], float]] = {
    "calamine": calamine,
    "openpyxl_load": openpyxl_load,
    "openpyxl_edit": openpyxl_edit,
    "import_export": import_export,
}
