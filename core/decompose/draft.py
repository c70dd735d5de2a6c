"""What a decomposition gives back. Plain frozen data; every quoted thing knows its place in the canonical text."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from core.decompose.fold import Span


@dataclass(frozen=True, slots=True)
class DecomposeHints:
    """What the caller knows and the text may not say. `unit_labels` are further words for 责任单位."""

    year: int | None = None
    unit_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter, or the title of a table. `heading` is the line as printed, without white space."""

    no: str
    title: str
    heading: str
    source: Span


@dataclass(frozen=True, slots=True)
class UnitMention:
    """One name in a bracket, as written. `role`: responsible, lead (only where 牵头 is written) or coop."""

    name: str
    role: str
    source: Span


@dataclass(frozen=True, slots=True)
class Deadline:
    """A phrase that bounds completion. `kind`: date, period, yearly, half_yearly, quarterly, monthly, weekly, ongoing,
    unclear.

    `due` is the last day (inclusive), `begins` the first day of a period; both None where the text does not say.
    `month` and `day` are those written, for the kinds that come back; the `day` of a week counts from Monday, 1.
    `earlier` are due days before the last one in the same phrase (6月、12月底前).
    """

    text: str
    source: Span
    kind: str
    due: date | None = None
    begins: date | None = None
    month: int | None = None
    day: int | None = None
    earlier: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota:
    """A number to reach, or (<=) not to pass. `op` is >=, <= or =; `scope` is each (各单位 …) or total.

    `subject` is its clause.
    """

    text: str
    source: Span
    op: str
    number: int | float
    unit: str
    scope: str
    subject: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """Explicit recurrence. `every`: year, half_year, quarter, month, week or day; every `interval`-th of them."""

    text: str
    source: Span
    every: str
    month: int | None = None
    interval: int = 1


@dataclass(frozen=True, slots=True)
class SoftCadence:
    """A vague word about rhythm (定期, 动态, …); it sets no due day."""

    text: str
    source: Span


@dataclass(frozen=True, slots=True)
class DayLimit:
    """N个工作日. `trigger` is what starts the clock, None where the text does not say; `before` counts back from it."""

    text: str
    source: Span
    days: int
    trigger: str | None
    before: bool = False


@dataclass(frozen=True, slots=True)
class DraftTask:
    """One stretch of text with its own bracket (or without any). `text` is exactly the characters of `source`."""

    no: str
    section: str
    title: str
    text: str
    source: Span
    part_head: str | None = None
    units: tuple[UnitMention, ...] = ()
    units_source: Span | None = None
    inherited: bool = False
    lead: UnitMention | None = None
    deadlines: tuple[Deadline, ...] = ()
    quotas: tuple[Quota, ...] = ()
    cadence: tuple[Cadence, ...] = ()
    cadence_soft: tuple[SoftCadence, ...] = ()
    working_day_limits: tuple[DayLimit, ...] = ()

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Every unit of the bracket, as written and in its order."""
        return tuple(unit.name for unit in self.units)

    @property
    def all_units(self) -> tuple[str, ...]:
        """Every unit once; a lead that only the sentence names comes first."""
        names = dict.fromkeys(self.unit_names)
        lead = self.lead_unit
        return (lead, *names) if lead and lead not in names else (*names,)

    @property
    def lead_unit(self) -> str | None:
        """The unit that 牵头 is written for, in the bracket or in the sentence."""
        return self.lead.name if self.lead else None

    @property
    def coop_units(self) -> tuple[str, ...]:
        """The units that 配合 (or a word like it) is written for."""
        return tuple(unit.name for unit in self.units if unit.role == "coop")


@dataclass(frozen=True, slots=True)
class NonTask:
    """总体要求, 基本原则 and their like: part of the plan, nobody's task."""

    no: str
    section: str
    title: str
    text: str
    source: Span


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that was not understood, for a person to look at. `reason` is a Chinese sentence, `line` counts from 1.

    `code`: page (text around the document), intro (of a chapter), heading (units behind a chapter heading), text (no
    task found in it), uncovered (text after the last bracket), bracket, names, duty, table, cell (of units, blank),
    number, limit, date, day.
    """

    code: str
    reason: str
    text: str
    source: Span
    line: int


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that the document declares: `alias` stands for the body `names`, or for these several (以下统称)."""

    alias: str
    names: tuple[str, ...]
    source: Span


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands around the tasks. None or empty where the document does not say it."""

    title: str | None = None
    page_title: str | None = None
    issuing_agency: str | None = None
    issuing_agency_full: str | None = None
    doc_number: str | None = None
    index_number: str | None = None
    openness: str | None = None
    issue_date: date | None = None
    issue_date_as_written: str | None = None
    published_at: str | None = None
    year: int | None = None
    addressees: str | None = None
    approved_at: str | None = None
    attachment: str | None = None
    embedded_table: str | None = None
    unit_label: str | None = None
    based_on: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A decomposed document, to be confirmed by a person."""

    meta: Meta
    sections: tuple[Section, ...] = ()
    tasks: tuple[DraftTask, ...] = ()
    non_tasks: tuple[NonTask, ...] = ()
    leftovers: tuple[Leftover, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The contract of `zwgk decompose --format json`, ready for `json.dumps`."""
        return {
            "meta": _plain(self.meta),
            "sections": _plain(self.sections),
            "tasks": [_task_json(task) for task in self.tasks],
            "non_tasks": _plain(self.non_tasks),
            "leftovers": _plain(self.leftovers),
        }


def _task_json(task: DraftTask) -> dict[str, object]:
    """Units are bare names, as the contract says; where they stand is told beside them."""
    shown = _plain(task)
    shown["units_source"] = _plain(task.units_source)
    shown["unit_items"] = shown["units"]
    shown["units"] = list(task.unit_names)
    shown["lead_item"] = shown.pop("lead")
    shown["units_inherited"] = shown.pop("inherited")
    return shown | {"lead_unit": task.lead_unit, "coop_units": list(task.coop_units)}


def _plain(value: object) -> object:
    """JSON form: a `source` becomes `start` and `end` beside the other fields, days become ISO text."""
    if isinstance(value, Span):
        return value._asdict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if not is_dataclass(value):
        return value
    shown = {}
    for item in fields(value):
        inner = _plain(getattr(value, item.name))
        shown |= inner if item.name == "source" else {item.name: inner}
    return shown
