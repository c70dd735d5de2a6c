"""Whether the role that the application was given is one that row-level security binds."""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tenants.errors import ZwgkError


class UnsafeRole(ZwgkError):
    """The application was given a database role that row-level security does not bind."""

    code = "unsafe_role"
    sentence = "数据库角色“{role}”{why}，行级隔离对它无效，拒绝启动。请在 DATABASE_URL 中改用普通角色。"


# session_user: whoever logged in may go back to it; MEMBER: it may become every role that it is a member of
_ROLE = text("""
    SELECT session_user, bool_or(r.rolsuper), bool_or(r.rolbypassrls),
           EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND pg_has_role(session_user, c.relowner, 'MEMBER'))
    FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')
""")


def examine_role(connection: Session | Connection) -> tuple[str, str]:
    """Who logged in, and in words why row-level security does not bind that role (empty: it does)."""
    role, superuser, bypass, owner = connection.execute(_ROLE).one()
    found = ((superuser, "是超级用户"), (bypass, "可绕过行级安全"), (owner, "是表的属主"))
    return role, "、".join(why for bad, why in found if bad)


def refuse_unsafe_role(session: Session) -> None:
    """Raise `UnsafeRole` when who logged in is, or may become, superuser, BYPASSRLS or the tables' owner."""
    role, why = examine_role(session)
    if why:
        session.invalidate()  # no connection of such a role goes back into the pool
        raise UnsafeRole(role=role, why=why)
