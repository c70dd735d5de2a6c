"""What an agency's own rules ask of the tasks of a template, whatever a document says of them. Pure.

A plugin declares them. Figures are made from them (`plugins.openness.measures.figures`), and a plan is held against
them (`core.comparing.rules`). `template` is the key of a task template, `figure` the title of the figure that follows
from the rule, blank where a shared one counts it already.
"""

from dataclasses import dataclass

EACH, TOTAL = "each", "total"


@dataclass(frozen=True)
class Rule:
    """`key` begins with the plugin's key and a dot; the figure has the same one."""

    key: str
    template: str
    figure: str

    @property
    def words(self) -> str:
        """What it asks, in Chinese."""
        raise NotImplementedError


@dataclass(frozen=True)
class DueBy(Rule):
    """Done by a day of each year, inclusive."""

    month: int
    day: int

    @property
    def words(self) -> str:
        """As 3月31日前."""
        return f"{self.month}月{self.day}日前"


@dataclass(frozen=True)
class Every(Rule):
    """Done again every so many months (1, 3, 6), by a day of the last of them, its last day where none is named."""

    months: int
    day: int | None = None

    @property
    def words(self) -> str:
        """As 每月25日前, 每季度一次."""
        each = {1: "每月", 3: "每季度", 6: "每半年"}[self.months]
        return f"{each}{'末月' if self.day and self.months > 1 else ''}{f'{self.day}日前' if self.day else '一次'}"


@dataclass(frozen=True)
class Milestones(Rule):
    """In equal parts by several days (month, day) of each year, inclusive."""

    days: tuple[tuple[int, int], ...]

    @property
    def words(self) -> str:
        """As 6月30日、9月30日前."""
        return f"{'、'.join(f'{month}月{day}日' for month, day in self.days)}前"


@dataclass(frozen=True)
class Target(Rule):
    """A number to reach within the year: by all together (`total`), or by each unit (`each`)."""

    number: int
    unit: str
    scope: str = TOTAL

    @property
    def words(self) -> str:
        """As 年内不少于4次."""
        return f"{'各单位' if self.scope == EACH else ''}年内不少于{self.number}{self.unit}"


@dataclass(frozen=True)
class Within(Rule):
    """So many working days from an event; several where simple cases have less time."""

    days: tuple[int, ...]
    event: str

    @property
    def words(self) -> str:
        """As 决策出台后10个工作日内."""
        return f"{self.event}后{'或'.join(map(str, self.days))}个工作日内"
