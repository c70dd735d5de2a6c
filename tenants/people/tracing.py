"""What people do with accounts and sessions, written into the audit of the platform.

`SELF`: the person himself, by his session; the subject of the act says which account. The operator acts by commands.
"""

from tenants.audit.actions import Action
from tenants.audit.acts import DONE, REFUSED, record_act
from tenants.sessions import ScopedSession

SELF = ("account", "session")
"""Actor and way of a session that belongs to somebody who acts for himself."""

By = tuple[str, str, str]
"""Actor, way and address of whoever does something on the platform."""
BY_COMMAND: By = ("platform", "command", "")


def trace(
    session: ScopedSession,
    action: Action,
    account_id: int | None,
    *,
    done: bool = True,
    address: str = "",
    **detail: str,
) -> None:
    """Write an act on an account (None: there is none of that login), in the transaction that does it."""
    outcome = DONE if done else REFUSED
    record_act(session, action, subject=("account", account_id), detail=detail, outcome=outcome, address=address)
