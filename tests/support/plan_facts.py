"""Rows and facts for tests of what is computed from them: name what matters, the rest is plain."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from core.metrics.facts import Facts
from core.plans.rows import PlanRow, QuotaRow

_ids = count(1)
MAPS = ("task_revs", "assignment_revs", "occurrence_revs")
NONE = ("due_on", "percent", "count", "completed_on", "reported_on")


def row(**fields: Any) -> PlanRow:
    """A row of task 1 with nothing reported; `percent` and `count` may be plain numbers."""
    number = next(_ids)
    for name in ("percent", "count"):
        if fields.get(name) is not None:
            fields[name] = Decimal(str(fields[name]))
    plain: dict[str, Any] = dict.fromkeys(PlanRow._fields, "") | dict.fromkeys(NONE) | {name: {} for name in MAPS}
    plain |= {
        "key": f"r{number}",
        "occurrence_id": number,
        "assignment_id": number,
        "task_id": 1,
        "no": "一(一)",
        "position": 1,
    }
    plain |= {"status": "not_started", "closed": False, "behind": False}
    return PlanRow(**plain | fields)


def quota(number: int, scope: str = "total", **fields: Any) -> QuotaRow:
    """A quota of task 1: at least `number` 次."""
    plain = {"task_id": 1, "text": f"不少于{number}次", "op": ">=", "unit_word": "次", "subject": ""}
    return QuotaRow(**{**plain, "number": Decimal(number), "scope": scope, **fields})


def facts(*rows: PlanRow, today: date = date(2024, 7, 1), **more: Any) -> Facts:
    """Facts of the year 2024."""
    return Facts(year=2024, today=today, rows=rows, **more)
