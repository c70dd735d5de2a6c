"""Damaged workbooks and documents, brought and given to every kind of long work that takes a file: none breaks a job.

A dozen by default; more with ZWGK_FILES=500 (`make fuzz-api`). SEED= chooses others.
"""

import os
import random
from collections import Counter
from collections.abc import Callable

from core.jobs.worker import work
from tests.integration.api.conftest import Site, document
from tests.integration.api.test_cross_tenant import Try, tries
from tests.support import fuzz
from tests.support.agency import Program
from tests.support.http import Caller
from tests.support.papers import Paragraph, as_docx, as_html, as_pdf, as_rtf, as_txt, as_xlsx

FILES, SEED = int(os.environ.get("ZWGK_FILES", "12")), int(os.environ.get("SEED", "1"))
OURS = {"job_broken", "job_abandoned"}
FORMS: dict[str, Callable[..., bytes]] = {
    "docx": as_docx,
    "xlsx": as_xlsx,
    "pdf": as_pdf,
    "rtf": as_rtf,
    "html": as_html,
    "txt": as_txt,
}


def originals(office: Program, plan: int) -> dict[str, bytes]:
    """Good files by name: a sheet of the plan, a packet of it, and its document in several forms."""
    sheet = office.fetch(office.done(f"/plans/{plan}/exports")["files"][0])
    packet = office.fetch(office.done(f"/plans/{plan}/rounds")["packets"][0])
    paper = [Paragraph(line) for line in document("甲").splitlines()]
    return {"表.xlsx": sheet, "下发表.xlsx": packet} | {f"要点.{form}": make(paper) for form, make in FORMS.items()}


def damaged(name: str, content: bytes, seed: int) -> bytes:
    """As `fuzz` damages a workbook; what is no zip, byte by byte or by cutting."""
    if name.endswith(("xlsx", "docx")):
        return fuzz.damaged(seed, [content])
    chance = random.Random(seed)
    return chance.choice(fuzz.OF_THE_ZIP[::2])(content, chance)


def end_of(site: Site, office: Program, asked: Try, name: str, content: bytes) -> str:
    """What came of it: `done`, or the code of the refusal."""
    number = office.bring(name, content)
    ids = site.own.ids | {"file": [number]}
    path, sent = asked.request(ids, number)
    job = office.ask(asked.method, path, **sent)
    if job.status_code != 202:
        return job.get_json()["code"]
    work(site.app, wait=False)
    job = office.get(f"/jobs/{job.get_json()['id']}")
    return job["state"] if job["error"] is None else job["error"]["code"]


def test_no_file_breaks_a_job(site):
    office, chance = Program(site.app, site.own.slug, "office"), random.Random(SEED)
    good, ends = originals(office, site.own.ids["plan"][0]), Counter()
    taking = [
        one for one in tries(Caller(site.app).get("/openapi.json")) if one.kind == "file" and one.method == "POST"
    ]
    for seed in range(SEED, SEED + FILES):
        asked, name = taking[seed % len(taking)], chance.choice(sorted(good))
        ends[end := end_of(site, office, asked, name, damaged(name, good[name], seed))] += 1
        assert end not in OURS, (seed, asked, name)
    print(f"{FILES} files from seed {SEED}: {dict(ends)}")
    assert ends["done"] < FILES  # else nothing was damaged
