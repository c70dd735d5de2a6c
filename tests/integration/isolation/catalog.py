"""Rules over every table, read from PostgreSQL's own catalog: each is one query that names the offenders.

`GLOBAL_TABLES` is the written list of tables without tenant; whatever else exists has to be a tenant table. Each rule
has a statement that breaks it, so that a test can see it work.
"""

from typing import NamedTuple

from sqlalchemy import Connection, text

from tenants.models import GLOBAL_TABLES, QUEUE_TABLES
from tenants.policies import APPEND_ONLY
from tenants.postgres.furnish import APP, MAINT, OWNER

# Row-level security as PostgreSQL prints it back
ONLY_TENANT = "(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::bigint)"

_COMMON = """
    WITH thing AS (
        SELECT c.oid, c.relname AS name, c.relkind AS kind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
               c.relowner, n.nspname AS schema
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    ), tab AS (
        SELECT * FROM thing WHERE kind IN ('r', 'p') AND name <> ALL (:global_tables)
    ), key AS (
        SELECT a.attrelid AS oid, a.attnum FROM pg_attribute a
        WHERE a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'bigint'::regtype
    ), wanted AS (
        SELECT t.oid, t.name, p.role, p.privilege FROM thing t, (VALUES
            ('app', 'SELECT'), ('app', 'INSERT'), ('app', 'UPDATE'), ('app', 'DELETE'),
            ('maint', 'SELECT'), ('maint', 'INSERT'), ('maint', 'UPDATE'), ('maint', 'DELETE')) p (role, privilege)
        WHERE t.kind IN ('r', 'p') AND t.name <> ALL (:global_tables)
          AND NOT (p.role = 'app' AND t.name = ANY (:append_only) AND p.privilege IN ('UPDATE', 'DELETE'))
          AND NOT (p.role = 'maint' AND t.name = ANY (:append_only) AND p.privilege = 'UPDATE')
          AND (p.role, t.name, p.privilege) <> ('maint', 'seal', 'DELETE')
        UNION ALL
        SELECT t.oid, t.name, g.role, g.privilege FROM thing t JOIN (VALUES
            ('tenant', 'app', 'SELECT'), ('tenant', 'app', 'INSERT'),
            ('tenant', 'maint', 'INSERT'), ('tenant', 'maint', 'UPDATE'), ('tenant', 'maint', 'DELETE'),
            ('cross_tenant_use', 'maint', 'INSERT'),
            ('account', 'app', 'SELECT'), ('account', 'app', 'INSERT'), ('account', 'app', 'UPDATE'),
            ('recovery_code', 'app', 'SELECT'), ('recovery_code', 'app', 'INSERT'), ('recovery_code', 'app', 'UPDATE'),
            ('sign_in', 'app', 'SELECT'), ('sign_in', 'app', 'INSERT'), ('sign_in', 'app', 'UPDATE'),
            ('password_history', 'app', 'SELECT'), ('password_history', 'app', 'INSERT'),
            ('account_tenant', 'app', 'SELECT'), ('account_tenant', 'app', 'INSERT'),
            ('platform_entry', 'app', 'INSERT'),
            ('platform_entry', 'maint', 'INSERT'), ('platform_seal', 'maint', 'INSERT'),
            ('application', 'app', 'SELECT'), ('application', 'app', 'INSERT'),
            ('application', 'app', 'UPDATE'), ('application', 'app', 'DELETE'),
            ('leaving', 'app', 'SELECT'), ('leaving', 'app', 'INSERT'),
            ('leaving', 'app', 'UPDATE'), ('leaving', 'app', 'DELETE'), ('leaving', 'maint', 'UPDATE'),
            ('tombstone', 'app', 'SELECT'), ('tombstone', 'maint', 'INSERT'),
            ('account', 'maint', 'DELETE'), ('account_tenant', 'maint', 'DELETE'), ('sign_in', 'maint', 'DELETE'),
            ('password_history', 'maint', 'DELETE'), ('recovery_code', 'maint', 'DELETE'),
            ('application', 'maint', 'DELETE'), ('procrastinate_jobs', 'maint', 'DELETE'),
            ('procrastinate_periodic_defers', 'maint', 'UPDATE'),
            ('alembic_version', 'app', 'SELECT')) g (name, role, privilege) ON g.name = t.name
        UNION ALL
        SELECT t.oid, t.name, 'app', unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) FROM thing t
        WHERE t.name = ANY (:queue_tables)
        UNION ALL
        SELECT t.oid, t.name, 'maint', 'SELECT' FROM thing t WHERE t.name = ANY (:global_tables)
    )
"""


class Rule(NamedTuple):
    """`query` names the offenders; `breach` is DDL (of the owner) that makes one; `{app}` in it is the role."""

    query: str
    breach: str


RULES = {
    "a table is global or has tenant_id bigint NOT NULL": Rule(
        "SELECT name FROM tab WHERE oid NOT IN (SELECT oid FROM key)",
        "CREATE TABLE breach (id bigint)",
    ),
    "the written list of global tables holds no tenant table and no table that is gone": Rule(
        """SELECT g FROM unnest((:global_tables)::text[]) g LEFT JOIN thing t ON t.name = g AND t.kind = 'r'
           WHERE t.oid IS NULL OR t.oid IN (SELECT oid FROM key)""",
        "ALTER TABLE cross_tenant_use RENAME TO breach",
    ),
    "all tables are in one schema": Rule(
        "SELECT name FROM thing WHERE kind IN ('r', 'p', 'f') AND (schema <> 'public' OR kind = 'f')",
        "ALTER TABLE unit SET SCHEMA elsewhere",
    ),
    "row-level security is on": Rule(
        "SELECT name FROM tab WHERE NOT relrowsecurity",
        "ALTER TABLE unit DISABLE ROW LEVEL SECURITY",
    ),
    "row-level security binds the owner too": Rule(
        "SELECT name FROM tab WHERE NOT relforcerowsecurity",
        "ALTER TABLE unit NO FORCE ROW LEVEL SECURITY",
    ),
    "one policy, for all commands and all roles, reading and writing": Rule(
        f"""SELECT t.name FROM tab t LEFT JOIN pg_policy p ON p.polrelid = t.oid GROUP BY t.name
            HAVING count(p.oid) <> 1 OR NOT bool_and(
                p.polcmd = '*' AND p.polroles = '{{0}}' AND p.polpermissive
                AND pg_get_expr(p.polqual, p.polrelid) = '{ONLY_TENANT}'
                AND pg_get_expr(p.polwithcheck, p.polrelid) = '{ONLY_TENANT}')""",
        "ALTER POLICY tenant_only ON unit WITH CHECK (true)",
    ),
    "every key and every index begins with tenant_id": Rule(
        """SELECT i.indexrelid::regclass::text FROM tab t JOIN pg_index i ON i.indrelid = t.oid
           LEFT JOIN key k ON k.oid = t.oid WHERE i.indkey[0] IS DISTINCT FROM k.attnum""",
        "CREATE UNIQUE INDEX breach ON unit (name)",
    ),
    "the primary key is (tenant_id, id)": Rule(
        """SELECT t.name FROM tab t LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
           LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[1]
           WHERE i.indnkeyatts IS DISTINCT FROM 2 OR a.attname <> 'id'""",
        "ALTER TABLE sheet_note DROP CONSTRAINT pk_sheet_note, ADD PRIMARY KEY (tenant_id, id, pass_id)",
    ),
    # the one global table besides `tenant` that tenant tables point at says of each account the tenants that know it
    "every foreign key carries tenant_id to the tenant_id of the other table": Rule(
        """SELECT c.conname FROM tab t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
           LEFT JOIN key mine ON mine.oid = t.oid LEFT JOIN key other ON other.oid = c.confrelid
           LEFT JOIN pg_attribute known
               ON known.attrelid = 'account_tenant'::regclass AND known.attname = 'in_tenant_id'
           WHERE c.conkey[1] IS DISTINCT FROM mine.attnum OR c.confkey[1] IS DISTINCT FROM CASE
               WHEN c.confrelid = 'tenant'::regclass AND cardinality(c.conkey) = 1 THEN 1
               WHEN c.confrelid = known.attrelid THEN known.attnum ELSE other.attnum END""",
        """ALTER TABLE plan ADD CONSTRAINT breach_id UNIQUE (id);
           ALTER TABLE task ADD CONSTRAINT breach FOREIGN KEY (plan_id) REFERENCES plan (id)""",
    ),
    "every tenant table is tied to an existing tenant": Rule(
        """SELECT name FROM tab WHERE oid NOT IN
           (SELECT conrelid FROM pg_constraint WHERE contype = 'f' AND confrelid = 'tenant'::regclass)""",
        "ALTER TABLE unit DROP CONSTRAINT fk_unit_tenant_id",
    ),
    "a view runs with the rights of who asks; none keeps a copy": Rule(
        """SELECT name FROM thing WHERE kind = 'm'
           OR kind = 'v' AND NOT coalesce(reloptions && '{security_invoker=true,security_invoker=on}', false)""",
        "CREATE VIEW breach AS SELECT * FROM unit",
    ),
    "no function lends its owner's rights": Rule(
        """SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')""",
        "CREATE FUNCTION breach() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ),
    "no rewriting rule": Rule(
        "SELECT r.rulename FROM pg_rewrite r JOIN thing t ON t.oid = r.ev_class WHERE t.kind IN ('r', 'p')",
        "CREATE RULE breach AS ON DELETE TO unit DO INSTEAD NOTHING",
    ),
    "rights on tables are exactly those written down": Rule(
        """SELECT t.name, r.role, p.privilege FROM thing t,
               (VALUES ('app', :app), ('maint', :maint)) r (role, name),
               unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p (privilege)
           WHERE t.kind IN ('r', 'p', 'v', 'm')
             AND has_table_privilege(r.name, t.oid, p.privilege) <> EXISTS (
                 SELECT 1 FROM wanted w WHERE (w.oid, w.role, w.privilege) = (t.oid, r.role, p.privilege))""",
        "GRANT TRUNCATE ON unit TO {app}",
    ),
    "nobody may pass rights on, and none is given on single columns but those by which a row is locked": Rule(
        """SELECT t.name FROM thing t JOIN pg_class c ON c.oid = t.oid
           WHERE t.kind IN ('r', 'p') AND (
               EXISTS (SELECT 1 FROM aclexplode(c.relacl) x WHERE x.is_grantable AND x.grantee <> c.relowner)
               OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attacl IS NOT NULL
                          AND (t.name, a.attname) NOT IN (('tenant', 'created_at'), ('account', 'created_at'))))""",
        "GRANT UPDATE (entity) ON change TO {app}",
    ),
    "no sequence can be set, and only who makes backups can read it": Rule(
        """SELECT t.name, r.role
           FROM thing t, (VALUES (:app, 'USAGE, SELECT, UPDATE'), (:maint, 'USAGE, UPDATE')) r (role, no)
           WHERE t.kind = 'S' AND has_sequence_privilege(r.role, t.oid, r.no)""",
        "GRANT USAGE ON SEQUENCE unit_id_seq TO {app}",
    ),
    "the roles of the application make nothing in a schema or in the database": Rule(
        """SELECT n.nspname, r FROM pg_namespace n, unnest(ARRAY[:app, :maint]) r
           WHERE n.nspname !~ '^pg_' AND has_schema_privilege(r, n.oid, 'CREATE')
           UNION ALL SELECT datname, r FROM pg_database, unnest(ARRAY[:app, :maint]) r
           WHERE datname = current_database() AND has_database_privilege(r, oid, 'CREATE, TEMPORARY')""",
        "GRANT CREATE ON SCHEMA elsewhere TO {app}",
    ),
    "the roles of the application own nothing and belong to no other role": Rule(
        """SELECT name, relowner::regrole::text FROM thing WHERE relowner::regrole::text <> :owner
           UNION ALL SELECT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m
           WHERE m.member::regrole::text IN (:app, :maint)""",
        "",  # the owner cannot do that
    ),
    "the roles' attributes": Rule(
        """SELECT r.rolname FROM pg_roles r JOIN (VALUES (:app, false), (:maint, true), (:owner, false))
               AS w (name, bypass) ON w.name = r.rolname
           WHERE (r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls)
                 <> (false, false, false, false, w.bypass)""",
        "",
    ),
}


def offenders(connection: Connection, rule: str) -> list[str]:
    """What breaks the rule, by name."""
    lists = {
        "global_tables": sorted(GLOBAL_TABLES),
        "append_only": sorted(APPEND_ONLY),
        "queue_tables": sorted(QUEUE_TABLES),
    }
    names = {"app": APP, "maint": MAINT, "owner": OWNER}
    found = connection.execute(text(_COMMON + RULES[rule].query), lists | names)
    return [" ".join(map(str, row)) for row in found]
