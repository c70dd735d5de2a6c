"""The passes over copies of a plan, as they are listed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from bridges.sheets import PassUnknown
from bridges.store.models import Binding, SyncPass
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


def passes_of(plan: int) -> Select[Any]:
    """All passes of a plan, an undo and a settlement too; the last column is what they are sorted by."""
    return _passes().where(Binding.plan_id == plan).add_columns(SyncPass.id)


def find_pass(session: ScopedSession, key: str) -> Mapping[str, Any]:
    """A pass with its report. Raises `PassUnknown`."""
    found = session.execute(_passes().add_columns(Binding.plan_id, SyncPass.parent).where(SyncPass.key == key)).first()
    if found is None:
        raise PassUnknown(key=key)
    return as_item(found) | {"plan": found.plan_id, "parent": found.parent, "report": found.report}


def as_item(found: Any) -> dict[str, Any]:
    """A pass in the list."""
    lists = {name: len(items) for name, items in found.report.items() if isinstance(items, list) and items}
    return {
        "key": found.key,
        "kind": _kind(found),
        "at": found.at,
        "holder": found.holder,
        "changed": found.changed,
        "counts": lists,
    }


def _passes() -> Select[Any]:
    changed = func.jsonb_array_length(SyncPass.records["changes"]).label("changed")
    shown = (SyncPass.key, SyncPass.copy, SyncPass.parent.label("parent"), SyncPass.fingerprint, SyncPass.holder)
    query = select(*shown, SyncPass.at, SyncPass.report, changed)
    return query.join(Binding, tenant_join(SyncPass.binding_id, Binding))


def _kind(found: Any) -> str:
    """`change`: without a copy, an undo, a settlement or a restoration."""
    if not found.copy:
        return "change"
    if found.parent:
        return "sync"
    return "adoption" if found.fingerprint else "export"
