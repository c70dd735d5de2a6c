"""Databases of older schemas, with data in them: what later ones make of them."""

from datetime import date

import psycopg
from alembic import command
from sqlalchemy import create_engine

from core import migrate
from tests.support.database import plain

FIRST = """
    INSERT INTO tenant (slug, name, plugins, settings) VALUES ('a', '甲', '[]', '{"lamps": {"near": "蓝"}}'),
        ('b', '乙', '[]', '{}');
    INSERT INTO unit (tenant_id, name, kind, aliases) SELECT t.id, u.name, u.kind, '[]' FROM tenant t,
        (VALUES ('甲处', 'unit'), ('各处室', 'group'), ('相关处室', 'group'), ('起草部门', 'role')) u (name, kind);
    INSERT INTO unit_member (tenant_id, group_id, member_id) SELECT g.tenant_id, g.id, m.id
        FROM unit g JOIN unit m USING (tenant_id) WHERE g.name = '各处室' AND m.name = '甲处';
    INSERT INTO plan (tenant_id, year, title, status, source_name, source_text, source_digest, meta,
            leftovers, revision)
        SELECT id, 2024, '要点', s, '', '', s, '{}', '[]', 1 FROM tenant, unnest(ARRAY['draft', 'confirmed']) s
        WHERE slug = 'a';
    INSERT INTO task (tenant_id, plan_id, no, position, title, text, deadline_text, quota_text, cadence, revs, rev)
        SELECT tenant_id, id, '', 1, '', '', '', '', '[]', '{}', 1 FROM plan WHERE status = 'confirmed';
    INSERT INTO deadline (tenant_id, task_id, kind, text) SELECT tenant_id, task.id, kind, words FROM task,
        (VALUES ('monthly', '每月25日前'), ('quarterly', '每季度首月5日前'), ('date', '6月3日前')) d (kind, words);
    ALTER TABLE deadline ENABLE ROW LEVEL SECURITY; ALTER TABLE deadline FORCE ROW LEVEL SECURITY;
    ALTER TABLE plan ENABLE ROW LEVEL SECURITY; ALTER TABLE plan FORCE ROW LEVEL SECURITY;
    ALTER TABLE unit ENABLE ROW LEVEL SECURITY; ALTER TABLE unit FORCE ROW LEVEL SECURITY;
    ALTER TABLE unit_member ENABLE ROW LEVEL SECURITY; ALTER TABLE unit_member FORCE ROW LEVEL SECURITY;
"""
SOURCES = """
    INSERT INTO tenant (slug, name, plugins) VALUES ('a', '甲', '[]');
    INSERT INTO plan (tenant_id, year, title, status, source_name, source_text, source_digest, meta, leftovers,
        revision)
        SELECT id, 2024, '要点', 'draft', 'a.txt', '编制目录。', 'x', '{}', '[]', 1 FROM tenant;
    INSERT INTO task (tenant_id, plan_id, no, position, title, text, deadline_text, quota_text, cadence, revs, rev,
        "start", "end") SELECT tenant_id, p.id, t.no, 1, '', '', '', '', '[]', '{}', 1, t.first, t.last FROM plan p,
        (VALUES ('read', 0, 5), ('added by hand', NULL::int, NULL::int)) t (no, first, last);
    ALTER TABLE task ENABLE ROW LEVEL SECURITY; ALTER TABLE task FORCE ROW LEVEL SECURITY;
"""


def _older(urls, revision, data):
    """Make it a database of an older schema, with data in it."""
    engine = create_engine(urls.need_owner())
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection), revision)
        connection.exec_driver_sql(data)
    engine.dispose()


def test_what_was_there_is_kept(database_server):
    with database_server.clone() as urls:
        _older(urls, "0001", FIRST)
        migrate.upgrade(urls)
        with psycopg.connect(plain(urls.need_maint())) as maint:
            units = dict(maint.execute("SELECT name, bool_or(settled) FROM unit GROUP BY name").fetchall())
            settings = maint.execute("SELECT t.slug, s.name, s.value FROM setting s JOIN tenant t ON t.id = tenant_id")
            assert settings.fetchall() == [("a", "lamps.near", "蓝")]
            days = dict(maint.execute("SELECT kind, day FROM deadline").fetchall())
            opens = dict(maint.execute("SELECT status, opens_on FROM plan").fetchall())
    assert days == {"monthly": 25, "quarterly": 5, "date": None}
    assert opens == {"draft": None, "confirmed": date(2024, 1, 1)}
    assert units == {"甲处": True, "各处室": True, "相关处室": False, "起草部门": False}


def test_where_a_task_came_from_is_kept(database_server):
    with database_server.clone() as urls:
        _older(urls, "0002", SOURCES)
        migrate.upgrade(urls)
        with psycopg.connect(plain(urls.need_maint())) as maint:
            tasks = maint.execute("SELECT no, sources, readings FROM task ORDER BY no").fetchall()
    assert tasks == [("added by hand", [], []), ("read", [[0, 5]], [])]
