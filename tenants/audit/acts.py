"""Writing acts into the audit, where they are done: one row in the transaction that does it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from tenants.audit.actions import Action
from tenants.audit.models import AuditEntry, PlatformEntry
from tenants.bulk import add_rows
from tenants.history import plain
from tenants.sessions import ScopedSession, beside

DONE, REFUSED = "done", "refused"
LONGEST = 200
"""Characters of one text: what a stranger types as his login is kept, a book is not."""

Subject = tuple[str, int | None]
"""What an act is done to: the name of a table, and the id of a row where there is one."""


def record_act(
    session: ScopedSession,
    action: Action,
    *,
    subject: Subject = ("", None),
    detail: Mapping[str, Any] | None = None,
    outcome: str = DONE,
    address: str = "",
) -> None:
    """Write an act, by the session's actor and way, in its transaction: into the audit of its tenant, or for a session
    without tenant into that of the platform.

    `detail`: JSON values; texts are cut, and made storable. `address`: where the request came from, if the session's
    scope does not say.
    """
    scope = session.scope
    row = {
        "actor": scope.actor,
        "via": scope.via,
        "address": _storable(address or scope.address),
        "action": Action(action).value,
        "outcome": outcome,
        "entity": subject[0],
        "entity_id": subject[1],
        "detail": _storable(detail or {}),
    }
    if scope.tenant_id is None:
        session.execute(insert(PlatformEntry).values(row).inline())  # the id does not come back: nothing may be read
    else:
        add_rows(session, AuditEntry, [row])


def record_refusal(
    session: ScopedSession,
    action: Action,
    code: str,
    *,
    subject: Subject = ("", None),
    detail: Mapping[str, Any] | None = None,
    address: str = "",
) -> None:
    """Write that an act was refused, in a transaction of its own: that of `session` is rolled back. `code`: the stable
    code of the refusal (its sentence may hold what somebody typed)."""
    with beside(session) as own:
        told = {"code": code, **(detail or {})}
        record_act(own, action, subject=subject, detail=told, outcome=REFUSED, address=address)


def _storable(value: Any) -> Any:
    """As JSONB can hold it: no NUL, no lone surrogate, no endless text."""
    if isinstance(value, str):
        return value[:LONGEST].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return plain(value)
