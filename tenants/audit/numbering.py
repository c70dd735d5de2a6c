"""Numbers of transactions that only grow, also when a database is restored into another cluster.

PostgreSQL numbers the transactions of a cluster; a restored database finds itself in one that counts anew, below the
numbers in its rows and seals. `audit_number(xid8)` adds what is missing. It is made by the owner (`zwgk db upgrade`),
and says in its comment for which cluster; with any other one the application refuses to start.
"""

from sqlalchemy import BigInteger, Connection, Text, cast, column, func, select
from sqlalchemy.orm import Session

from tenants.audit.models import AuditEntry, PlatformEntry, PlatformSeal, Seal
from tenants.errors import ZwgkError
from tenants.models import Change, CrossTenantUse

FUNCTION = "audit_number(xid8)"
# every column in which such a number stands
NUMBERS = (Change.txn, AuditEntry.txn, Seal.until, PlatformEntry.txn, CrossTenantUse.txn, PlatformSeal.until)
TABLES = [number.class_.__tablename__ for number in NUMBERS]
_SYSTEM = select(cast(column("system_identifier"), Text)).select_from(func.pg_control_system()).scalar_subquery()
_HOME = func.obj_description(func.to_regprocedure(FUNCTION), "pg_proc")
_HIGHEST = func.greatest(*(select(func.max(number)).scalar_subquery() for number in NUMBERS))
_HERE = cast(cast(func.pg_current_xact_id(), Text), BigInteger)
_NOW = func.audit_number(func.pg_current_xact_id())


class NumbersElsewhere(ZwgkError):
    """The database came here from another cluster, whose transactions had other numbers."""

    code = "numbers_elsewhere"
    sentence = "数据库是从另一套 PostgreSQL 迁来或恢复的，事务编号需要重新衔接。"
    by_command = "请先运行 zwgk db upgrade。"


def at_home(connection: Connection | Session) -> bool:
    """Whether the numbers are those of this cluster."""
    return bool(connection.scalar(select(_SYSTEM == _HOME)))


def settle(connection: Connection) -> None:
    """Make the function for this cluster, unless it is; `connection` is the owner's. New numbers begin at the highest
    that there is. The tables are locked: nobody gets a number of the old count while this is done."""
    if at_home(connection):
        return
    connection.exec_driver_sql(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE")
    for table in TABLES:  # FORCE binds the owner too; `policies.apply` comes after this and sets it again
        connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    missing, system = connection.execute(select(func.greatest(0, _HIGHEST - _HERE), _SYSTEM)).one()
    _make(connection, missing)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION {FUNCTION} IS '{system}'")


def is_above(connection: Connection, number: int) -> bool:
    """Whether what is written from now on gets higher numbers than this."""
    return bool(connection.scalar(select(number < _NOW)))


def go_on_above(connection: Connection, number: int) -> None:
    """Let the numbers go on above this one: that of a row which comes from elsewhere. `connection` is the owner's, and
    has locked `TABLES` against writers, as `settle` does: nobody may get a number of the old count afterwards."""
    if not is_above(connection, number):
        _make(connection, connection.execute(select(number - _HERE)).scalar_one())


def _make(connection: Connection, missing: int) -> None:
    # one plain expression: it is inlined, and costs nothing per row
    body = f"SELECT $1::text::bigint + {missing}"
    connection.exec_driver_sql(f"CREATE OR REPLACE FUNCTION {FUNCTION} RETURNS bigint LANGUAGE sql STABLE AS '{body}'")
