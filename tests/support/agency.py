"""An agency at the HTTP interface: programs, files, long work, and workbooks as people fill them in."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
from flask import Flask

from bridges.excel.export import HEADER_ROW
from core.jobs.models import Job
from core.jobs.worker import work
from core.units.services import read_directory
from tenants.people.rights import ROLES
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.support.books import FIRST as SIGN
from tests.support.http import Caller


class Program(Caller):
    """A program with the rights of a role, for all units or for some."""

    def __init__(self, app: Flask, slug: str, role: str, units: Collection[int] | None = None) -> None:
        with app.app_context(), tenant_session(slug, "office", "command") as session:
            issued = issue_token(session, OPERATOR, "程序", ROLES[role].rights, datetime.now(UTC), 1, units)
        super().__init__(app, issued.secret)
        self.app = app

    def bring(self, name: str, content: bytes) -> int:
        """The id of a file that was brought."""
        answer = self.ask("POST", "/files", data={"file": (BytesIO(content), name)})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()["id"]

    def fetch(self, file: int | Mapping[str, Any]) -> bytes:
        """The content of a file, by its id or as a job names it."""
        return self.ask("GET", f"/files/{file if isinstance(file, int) else file['file']}/content").get_data()

    def job(self, path: str, **content: Any) -> dict[str, Any]:
        """A piece of long work, done by a real worker."""
        asked = self.ask("POST", path, json=content)
        assert asked.status_code == 202, asked.get_data(as_text=True)
        work(self.app, wait=False)
        return self.get(f"/jobs/{asked.get_json()['id']}")

    def done(self, path: str, **content: Any) -> dict[str, Any]:
        """What came of such work."""
        job = self.job(path, **content)
        assert job["state"] == "done", job
        return job["result"]


def begun(slug: str, kind: str, detail: dict[str, Any]) -> int:
    """The number of a job that a worker has begun."""
    with tenant_session(slug, "token:1", "api") as session:
        job = Job(kind=kind, detail=detail, actor="token:1", state="running", attempts=1)
        session.add(job)
        session.flush()
        return job.id


def handed_out(app: Flask, slug: str) -> tuple[dict[str, list[Any]], str]:
    """Sheets and rounds of an agency that has a confirmed plan: a pass, a conflict, a round with a value that a later
    return corrected, a link with a return. The ids of all that, by kind, and the link's secret."""
    office, unit = Program(app, slug, "office"), list(units_of(app, slug).values())[-1]
    plan = f"/plans/{office.get('/plans')[0]['id']}"
    sheet = office.fetch(office.done(f"{plan}/exports")["files"][0])
    sent = office.done(f"{plan}/rounds", units=[unit])
    here, packet = f"/rounds/{sent['round']}", office.fetch(sent["packets"][0])
    draft = {(0, "备注"): "见附件", (0, "完成情况"): "推进中"}
    whole = draft | {(0, "完成情况"): "已完成", (1, "进展情况"): "已报送"}
    files = [office.bring(f"{len(one)}.xlsx", typed(packet, one)) for one in (draft, whole)]
    collected = office.done(f"{here}/returns", files=files)
    (corrected,) = [one["row"] for file in collected["files"] for one in file.get("corrected", ())]
    row = office.get(f"{plan}/rows")["items"][0]["row"]
    tag = office.ask("GET", f"/rows/{row}").headers["ETag"]
    office.ask("PATCH", f"/rows/{row}", json={"note": "系统写的"}, headers={"If-Match": tag})
    office.done(f"{plan}/syncs", file=office.bring("表.xlsx", typed(sheet, {(0, "备注"): "表中写的"})))
    office.ask("POST", "/words", json={"word": f"搞定{slug}", "means": "已完成"})
    issued = office.ask("POST", f"{here}/links", json={"unit_id": unit}).get_json()
    link = Caller(app, issued["secret"])
    returned = link.ask("POST", "/returns", data={"file": (BytesIO(packet), "表.xlsx")}).get_json()["id"]
    work(app, wait=False)
    (reply,) = link.get(f"/returns/{returned}")["result"]["files_made"]
    return {
        "pass": [item["key"] for item in office.get(f"{plan}/syncs")["items"]],
        "conflict": [one["owner"] for one in office.get(f"{plan}/conflicts")],
        "corrected": [corrected],
        "word": [one["word"] for one in office.get("/words")],
        "round": [sent["round"]],
        "link": [issued["link"]["id"]],
        "return": [returned],
        "reply": [reply["file"]],
    }, issued["secret"]


def units_of(app: Flask, slug: str) -> dict[str, int]:
    """Name → id."""
    with app.app_context(), tenant_session(slug, "office", "command") as session:
        return {unit.name: unit.id for unit in read_directory(session).units()}


def typed(content: bytes, cells: Mapping[tuple[int, str], str], without: int = 0) -> bytes:
    """The workbook with texts typed into it: (n-th row from 0, header) → text; `without` its first so many rows."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    headers = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    for (row, header), text in cells.items():
        sheet.cell(HEADER_ROW + 1 + row, headers[header]).value = text
    if without:
        sheet.delete_rows(HEADER_ROW + 1, without)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def stamp_of(content: bytes) -> str:
    """The header of the hidden column of ids."""
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    (found,) = [cell.value for cell in sheet[HEADER_ROW] if str(cell.value).startswith(SIGN)]
    return found


def column(content: bytes, header: str) -> list[Any]:
    """What stands below a header."""
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    (found,) = [cell.column for cell in sheet[HEADER_ROW] if cell.value == header]
    return [sheet.cell(row, found).value for row in range(HEADER_ROW + 1, sheet.max_row + 1)]
