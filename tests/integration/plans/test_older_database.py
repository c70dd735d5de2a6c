"""A database of the first schema, with data in it: what the second one makes of them."""

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
    ALTER TABLE unit ENABLE ROW LEVEL SECURITY; ALTER TABLE unit FORCE ROW LEVEL SECURITY;
    ALTER TABLE unit_member ENABLE ROW LEVEL SECURITY; ALTER TABLE unit_member FORCE ROW LEVEL SECURITY;
"""


def test_what_was_there_is_kept(database_server):
    with database_server.clone() as urls:
        engine = create_engine(urls.need_owner())
        with engine.begin() as connection:
            command.upgrade(migrate._config(connection), "0001")
            connection.exec_driver_sql(FIRST)
        engine.dispose()
        migrate.upgrade(urls)
        with psycopg.connect(plain(urls.need_maint())) as maint:
            units = dict(maint.execute("SELECT name, bool_or(settled) FROM unit GROUP BY name").fetchall())
            settings = maint.execute("SELECT t.slug, s.name, s.value FROM setting s JOIN tenant t ON t.id = tenant_id")
            assert settings.fetchall() == [("a", "lamps.near", "蓝")]
    assert units == {"甲处": True, "各处室": True, "相关处室": False, "起草部门": False}
