"""What was erased does not come back with an old backup, and nothing that lives goes by a file."""

import json

import psycopg
import pytest

from core.leaving.coming_back import signed
from core.leaving.erasing import erase, list_tombstones
from core.units.services import add_unit
from tenants.audit.services import seal_audit
from tenants.people.secret import digest
from tenants.people.tracing import BY_COMMAND
from tenants.sessions import tenant_session
from tests.integration.leaving.conftest import LATER
from tests.support.database import plain


@pytest.mark.parametrize(
    "said", [{"seals": 0}, {"head": "f" * 64}, {"erased_at": "2024-01-01T00:00:00+00:00", "seals": 99}]
)
def test_no_tenant_that_lives_is_erased_by_a_file(site, tmp_path, said):
    with tenant_session("a", "t", "t") as session:
        add_unit(session, "在用的处")
    with tenant_session("a", "t", "t") as session:
        seal_audit(session)
    seals, head = site.ask("SELECT number, digest FROM seal ORDER BY number DESC LIMIT 1")[0]
    of = {"in_tenant_id": site.world.tenants["a"], "slug_digest": digest("a"), "asked_by": "account:1"}
    times = dict.fromkeys(("asked_at", "erased_at"), LATER.isoformat())
    true = of | times | {"seals": seals, "head": head}
    # as this installation would have written it, and as whoever knows the tenant makes it up
    for stone, code in (
        (signed(true | said), "tenant_went_on"),
        (true | said | {"mark": "f" * 64}, "not_our_tombstone"),
    ):
        stones = tmp_path / "stones.json"
        stones.write_text(json.dumps([stone]), "utf-8")
        outcome = site.cli("tenant", "erase", "--again", stones)
        assert (outcome.status, outcome.err.startswith(f"错误（{code}）")) == (2, True), outcome
    assert site.ask("SELECT count(*) FROM leaving") == [(0,)]


# all of it is true but for the moment, or nobody has signed it: what is written into it is not looked at
@pytest.mark.parametrize(
    "said", [{"erased_at": "2999-01-01T00:00:00+00:00"}, {"asked_by": "x"}, {"mark": 1}, {"mark": ""}]
)
def test_a_file_says_no_more_than_the_database_did(site, tmp_path, said):
    stones = tmp_path / "stones.json"
    site.leaves("a")
    erase("a", LATER, BY_COMMAND)
    site.cli.ok("tenant", "erased", "--out", stones)
    (stone,) = json.loads(stones.read_text("utf-8"))
    stones.write_text(json.dumps([stone | said]), "utf-8")
    outcome = site.cli("tenant", "erase", "--again", stones)
    assert (outcome.status, outcome.err.startswith("错误（not_our_tombstone）")) == (2, True), outcome


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[[]]", "\ud800", "[" * 100_000])
def test_what_is_no_file_of_tombstones_is_said_in_a_sentence(site, tmp_path, text):
    stones = tmp_path / "stones.json"
    stones.write_bytes(text.encode("utf-8", "surrogatepass"))
    outcome = site.cli("tenant", "erase", "--again", stones)
    assert (outcome.status, "不是凭据文件" in outcome.err) == (2, True), outcome


def test_a_backup_from_before_does_not_bring_it_back(site, tmp_path):
    """The tombstones, kept beside it, say whom to erase again."""
    number = site.leaves("a")
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        dumped = owner.execute("SELECT slug, name FROM tenant WHERE id = %s", [number]).fetchone()
    erase("a", LATER, BY_COMMAND)
    stones = tmp_path / "stones.json"
    site.cli.ok("tenant", "erased", "--out", stones)
    assert json.loads(stones.read_text("utf-8"))[0]["in_tenant_id"] == number
    assert site.cli.json("tenant", "erase", "--again", stones) == []
    with psycopg.connect(plain(site.urls.need_owner())) as owner:  # as after a restore
        owner.execute("DELETE FROM tombstone")
        owner.execute("DELETE FROM leaving")
        owner.execute("UPDATE tenant SET slug = %s, name = %s WHERE id = %s", [*dumped, number])
    with tenant_session("a", "t", "t") as session:
        add_unit(session, "回来了")
    stones.write_text(json.dumps(json.loads(stones.read_text("utf-8")) * 2), "utf-8")  # two lists put together
    (done,) = site.cli.json("tenant", "erase", "--again", stones)
    assert (done["in_tenant_id"], done["rows"]["unit"]) == (number, 1)
    assert site.cli.json("tenant", "erased", "--verify")[0]["verified"]["holds"] is True
    assert list_tombstones()[0].asked_by == "account:1"


def test_a_backup_is_not_brought_back_by_its_name(site, tmp_path):
    backup = tmp_path / "a.zip"
    site.cli.ok("backup", "tenant", backup, "--tenant", "a")
    site.leaves("a")
    erase("a", LATER, BY_COMMAND)
    for more in ((), ("--dry-run",)):
        outcome = site.cli("restore", "tenant", backup, *more)
        assert (outcome.status, outcome.err.startswith("错误（slug_kept）")) == (2, True), outcome
