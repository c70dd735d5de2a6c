"""Random histories on real PostgreSQL and real workbooks; `ZWGK_HISTORIES=7-300` runs those seeds instead."""

import os

from tests.e2e.test_sheet import TEXT, contents
from tests.support.histories import run_history

SEEDS = os.environ.get("ZWGK_HISTORIES", "7-8")
STEPS = 25


def test_no_edit_is_lost_and_none_is_invented(cli, app, add_tenant, database, tmp_path):
    document = tmp_path / "要点.txt"
    document.write_text(TEXT, encoding="utf-8")
    first, last = map(int, SEEDS.split("-"))
    for seed in range(first, last + 1):
        tenant = add_tenant(f"t{seed}")
        cli.ok("plan", "import", document, "--tenant", tenant)
        cli.ok("plan", "confirm", "--tenant", tenant)
        folder = tmp_path / tenant
        folder.mkdir()
        run_history(seed, app, tenant, folder, lambda: contents(database), STEPS)
