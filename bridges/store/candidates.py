"""The open candidates of a plan in the database: those of some cells read at once, closed and opened one by one."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from bridges.store.models import Binding, Conflict
from bridges.sync.model import Candidate, Closed
from bridges.sync.plan import Opened
from tenants.sessions import ScopedSession


class OpenConflicts:
    """Those of the cells with these owners."""

    def __init__(self, session: ScopedSession, binding: Binding, owners: Collection[str]) -> None:
        self._session, self._binding = session, binding
        query = select(Conflict).where(
            Conflict.binding_id == binding.id,
            Conflict.owner == any_(literal(list(owners), ARRAY(Text))),
            Conflict.closed_by.is_(None),
        )
        found = session.scalars(query) if owners else ()
        self._open = {(one.owner, one.field, one.value_key): one for one in found}

    def open(self, opened: Opened) -> bool:
        """Record a candidate, or a further origin of an open one; returns whether it is a new one."""
        new = Candidate(opened.owner, opened.field, opened.value, opened.valid, (opened.origin,))
        known = self._open.get((new.owner, new.field, new.key))
        if known is not None:
            known.data = {**known.data, "origins": [*known.data["origins"], asdict(opened.origin)]}
            return False
        place = {"binding_id": self._binding.id, "owner": new.owner, "field": new.field, "value_key": new.key}
        conflict = self._open[new.owner, new.field, new.key] = Conflict(**place, data=new.as_json())
        self._session.add(conflict)
        return True

    def close(self, closed: Closed, pass_id: str) -> None:
        """Close a candidate, or take one origin off it and close it when none is left."""
        place = (closed.owner, closed.field, closed.key)
        known = self._open.get(place)
        if known is None:
            return
        left = [o for o in known.data["origins"] if (o["pass_id"], o["row"]) != (closed.origin, closed.row)]
        if closed.origin and left:
            known.data = {**known.data, "origins": left}
            return
        known.closed_by, known.closed_how = pass_id, closed.how
        del self._open[place]
