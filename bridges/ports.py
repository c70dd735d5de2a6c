"""The two sides of a pass: a `Copy` (a sheet somewhere) and a `Store` (our database). Adapters implement these.

`tests/contract/copy_contract.py` holds the tests that every copy passes;
`memory.py` has the smallest ones.
"""

from collections.abc import Sequence
from typing import Protocol

from bridges.sync.model import Before, Candidate, CopySnapshot, Refusals
from bridges.sync.plan import Plan
from bridges.sync.stamp import Stamp
from bridges.sync.undo import Done, OpenCell
from bridges.table import Table


class Busy(Exception):
    """The copy cannot be written now (open elsewhere, read-only, no quota): nothing was changed, try later. The text is
    one Chinese sentence for the person."""


class Changed(Exception):
    """The copy is not as it was read (other fingerprint): nothing was written."""


class Stale(Exception):
    """The table, or the candidates, changed after `load`: nothing was stored; load and plan again."""


class Copy(Protocol):
    """One file or tab, ours by its stamp."""

    def fingerprint(self) -> str:
        """Of the file or tab as it stands: equal ones hold the same, stamp included. Cheaper than reading it. Raises
        `Busy` as `read` does."""
        ...

    def stamp(self) -> str:
        """Text of the header cell of the hidden id column, "" where there is none; it may be told before the copy is
        read, and holds where `read` gives the same one. Raises `Busy` as `read` does."""
        ...

    def read(self, table: Table) -> CopySnapshot:
        """What stands in the copy now, its columns found by the table's headers and aliases.

        Raises `Busy` when the copy could not be written now: what cannot be answered is not read.
        """
        ...

    def check(self, plan: Plan, stamp: str, table: Table) -> Refusals:
        """Make all that `write` will write, short of writing it: what cannot be written (a merged cell, a text that is
        too long) is found here, before the database commits, and the pass is planned again without it. Raises as
        `write` does, and the adapter's refusals of the whole copy, of the stamp or of an id."""
        ...

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        """Carry out `plan.writes` and put the stamp, in one atomic write; gives the new fingerprint.

        Raises `Changed` when the fingerprint is no longer `plan.fingerprint`, `Busy` when it cannot be written.
        """
        ...

    def create(self, plan: Plan, stamp: str, table: Table) -> str:
        """Lay out a new copy from `plan.writes.rows` (a first pass, see `sync.export`); gives its fingerprint."""
        ...


class Store(Protocol):
    """Our database, as one tenant and one actor see it."""

    def key(self) -> bytes:
        """The key that signs this tenant's stamps."""
        ...

    def table(self, stamp: Stamp) -> Table | None:
        """The declaration of the table that a stamp is about; None for a binding or pass that is not ours."""
        ...

    def load(self, stamp: Stamp) -> Before | None:
        """All that the engine needs for this stamp, read in one transaction; None for a binding or pass that is not
        ours.

        `Before.confirmed`: of some child of this pass it is known that it was written to a copy, by `confirm`, by
        `checked`, or because it is itself the parent of a pass.
        """
        ...

    def begin(self, table: str, holder: str) -> Before:
        """A new copy of a table for a holder, to be filled by an export (`stamp` = "", empty base)."""
        ...

    def commit(self, plan: Plan, revision: int) -> None:
        """Store `plan.records` and the pass in one transaction, replacing `OWN` by the history number of its changes.

        Raises `Stale` when the table or its candidates changed since `revision` (of what the plan was made from).
        """
        ...

    def refused(self, code: str) -> None:
        """A pass was stopped, for the reason with this code: note that it was tried."""
        ...

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        """The copy was written: note it on the pass."""
        ...

    def checked(self, stamp: Stamp, at: str) -> None:
        """A pass over this stamp found nothing to do: the binding was last checked then, and the stamp was seen in a
        file. No other trace."""
        ...

    def rest(self, stamp: Stamp, table: Table, revision: int, file: str) -> None:
        """A pass over a file with this fingerprint, made from a table at this revision, found nothing to do and nothing
        to tell: see `resting`."""
        ...

    def resting(self, file: str, at: str | None = None) -> Stamp | None:
        """The stamp of a file that would give an empty pass, known without a look at it: `rest` was told so, and
        nothing has changed on our side since; with a time, it counts as `checked` then. None where a pass has to
        look."""
        ...

    def conflicts(self) -> Sequence[Candidate]:
        """All open candidates."""
        ...

    def cell(self, owner: str, field: str) -> OpenCell | None:
        """A cell with its open candidates, for `runner.settle`; None where no candidate is open."""
        ...

    def done(self, pass_id: str) -> Done | None:
        """What a pass did and how those cells stand now, for `runner.undo`; None for a pass that is not ours."""
        ...
