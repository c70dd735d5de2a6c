"""The audit of a tenant for those who may see it: each of these acts is written into it, too."""

from collections.abc import Iterator
from datetime import datetime

from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.chain import chain_of
from tenants.audit.exporting import exported
from tenants.audit.reading import Seen, Wanted, entries
from tenants.audit.sealing import Made, seal
from tenants.audit.verifying import Verdict, verify
from tenants.sessions import ScopedSession


def read_audit(session: ScopedSession, wanted: Wanted) -> list[Seen]:
    """The entries that are wanted, the newest first."""
    found = entries(session, chain_of(session), wanted)
    note_reading(session, wanted, len(found))
    return found


def note_reading(session: ScopedSession, wanted: Wanted, number: int) -> None:
    """Write down that somebody looked at so many entries."""
    asked = {name: str(value) for name, value in vars(wanted).items() if value}
    record_act(session, Action.AUDIT_READ, detail=asked | {"entries": number})


def seal_audit(session: ScopedSession) -> Made | None:
    """Seal what has not been (see `sealing.seal`); None where there is nothing."""
    return seal(session, chain_of(session))


def verify_audit(
    session: ScopedSession, now: datetime, *, first: int = 1, last: int | None = None, head: str = ""
) -> Verdict:
    """Compute the seals anew (see `verifying.verify`)."""
    verdict = verify(session, chain_of(session), now, first=first, last=last, head=head)
    found = {"seals": verdict.seals, "rows": verdict.rows, "faults": len(verdict.faults), "head": verdict.head}
    record_act(session, Action.AUDIT_VERIFIED, detail=found)
    return verdict


def export_audit(session: ScopedSession) -> Iterator[str]:
    """Seal what has not been, and give the lines of a file (see `exporting.exported`)."""
    seal_audit(session)
    record_act(session, Action.AUDIT_EXPORTED)
    return exported(session, chain_of(session))
