"""What an agency takes along."""

import csv
import io
import zipfile

from sqlalchemy import insert, update

from core.backup.archive import LONGEST_LINE
from core.files.models import StoredFile
from core.files.services import Made, keep
from core.leaving.jobs import LARGEST
from core.units.models import Unit
from tenants.people.rights import Right
from tenants.sessions import tenant_session


def test_an_export_has_no_export_in_it_and_no_formula(site, tmp_path):
    with tenant_session("a", "t", "t") as session:
        session.execute(update(StoredFile).values(made_right=None))
        keep(session, "全部数据.zip", b"x", Made(Right.TENANT_LEAVE, None, private=True))
        session.execute(insert(Unit).values(name="\n=1+1", kind="unit", aliases=["＝1"], settled=True, tenant_id=1))
        session.execute(insert(Unit).values(name="＝1+1", kind="unit", aliases=[], settled=True, tenant_id=1))
    site.cli.ok("tenant", "export", "a", "--out", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("files/")]
        rows = csv.DictReader(io.StringIO(archive.read("tables/unit.csv").decode("utf-8-sig"), newline=""))
        assert {"'\n=1+1", "'＝1+1"} < {row["name"] for row in rows}
    assert len(names) == 1
    assert LARGEST * 4 // 3 < LONGEST_LINE
