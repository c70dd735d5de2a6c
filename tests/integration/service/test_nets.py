"""`zwgk doctor` tries the nets: each is found where it holds, and found missing where it does not."""

import psycopg
import pytest

from core.runtime import Runtime
from core.service import nets
from core.service.nets import NETS, probe
from tenants.postgres.urls import DatabaseUrls
from tests.support.cli import Cli
from tests.support.database import plain

RLS = {"rls_select", "rls_update", "rls_delete", "rls_insert"}


def missing(urls):
    return {probed.net.code for probed in probe(urls) if not probed.held}


def schemas(database):
    with psycopg.connect(plain(database.need_owner())) as owner:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'zwgk\\_probe%'"
        return owner.execute(query).fetchall()


def test_at_postgresql_all_hold_and_nothing_stays(database):
    assert missing(database) == set()
    assert schemas(database) == []


def test_a_role_that_is_not_bound(database):
    assert missing(DatabaseUrls(database.need_maint(), database.owner)) == RLS


# as another make would do it
UNCHECKED = ("CREATE POLICY tenant_only ON {s}.{t} USING (tenant_id = {tenant}) WITH CHECK (true)",)
UNKNOWN = ("CREATE POLICY IN ANOTHER LANGUAGE",)
LOOSE = tuple(
    statement.replace("FOREIGN KEY (tenant_id, parent_id) REFERENCES {s}.parent (tenant_id, id)", "CHECK (true)")
    for statement in nets._TABLES
)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("_POLICIES", UNCHECKED, {"rls_insert", "rls_update"}),
        ("_POLICIES", (*UNKNOWN, *UNCHECKED), {"rls_insert", "rls_update"}),
        ("_SECURED", "SELECT 1", RLS),
        ("_TABLES", LOOSE, {"composite_key"}),
        ("WORDS", ("办公室", "安全科"), {"gb18030"}),
    ],
)
def test_a_net_that_is_missing(database, monkeypatch, name, value, expected):
    monkeypatch.setattr(nets, name, value)
    assert missing(database) == expected
    assert schemas(database) == []


def test_doctor_says_so_and_answers_with_its_status(cli, database, monkeypatch):
    told = cli.ok("doctor").splitlines()
    assert [line for line in told if line.startswith("已探测")] == [f"已探测  {net.what}：成立" for net in NETS]
    assert "认证" not in "".join(told)
    assert [one["net"] for one in cli.json("doctor") if one["net"]] == [net.code for net in NETS]
    monkeypatch.setattr(nets, "_POLICIES", UNCHECKED)
    outcome = cli("doctor")
    assert outcome.status == 1
    assert "异常  行级隔离（新增，WITH CHECK）：不成立，不能在此库上使用" in outcome.out


def test_what_is_not_needed_is_a_hint(cli, monkeypatch):
    hints = tuple(net._replace(holds=lambda _ground: False) if not net.needed else net for net in NETS)
    monkeypatch.setattr(nets, "NETS", hints)
    assert "提示  通知（LISTEN/NOTIFY）：不成立，后台任务会晚几秒开始" in cli.ok("doctor")


def test_another_make_that_calls_itself_old_is_tried_all_the_same(cli, monkeypatch):
    monkeypatch.setattr("tenants.postgres.urls.OLDEST", 99)
    outcome = cli("doctor")
    assert outcome.status == 1
    assert outcome.out.startswith("异常  数据库：")
    assert outcome.out.count("已探测") == len(NETS)


def test_without_the_owner_nothing_is_tried(database, tmp_path):
    runtime = Runtime({"DATABASE_URL": database.as_environ()["DATABASE_URL"]}, tmp_path)
    outcome = Cli(runtime)("doctor")
    runtime.close()
    assert outcome.status == 0
    assert "提示  隔离能力：未探测：没有设置 ZWGK_OWNER_URL" in outcome.out
