"""What a plugin says about an agency itself: who it is, and the units its documents name."""

from dataclasses import dataclass

from core.units.models import UNIT_KINDS

AGENCY_KINDS = ("shared", "department", "district")  # shared: no agency, what all of them have in common


@dataclass(frozen=True)
class Agency:
    """The agency of a plugin: official name, kind, the year of the document its declarations follow, one line.

    `year` is None for what holds in every year. `line` says in one Chinese sentence what makes it different.
    """

    name: str
    kind: str
    year: int | None
    line: str

    def __post_init__(self) -> None:
        if self.kind not in AGENCY_KINDS:
            raise ValueError(f"agency kind {self.kind!r} is none of {AGENCY_KINDS}")


@dataclass(frozen=True)
class UnitGroup:
    """A name that stands in 责任单位, and what it means.

    `kind`: unit (an office of the agency), group (stands for `members`; empty: which ones is decided per task),
    role (resolved per item, 起草部门), outside (not part of the agency). `aliases` are other names of the same body.
    """

    name: str
    kind: str = "unit"
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in UNIT_KINDS:
            raise ValueError(f"unit kind {self.kind!r} is none of {UNIT_KINDS}")
        if self.members and self.kind != "group":
            raise ValueError(f"{self.name!r} has members but is no group")
