"""The settings of a tenant: which there are, what each means, and changing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select

from core.limits import one_by_one
from core.plans.rollup import LampRule
from tenants.audit.verifying import LEAST_DAYS
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.models import Setting
from tenants.people.policy import NUMBERS, SECOND_FACTOR_MEANING, SECURITY, Policy
from tenants.sessions import ScopedSession

LAMPS = "lamps."
FIRST_LEADS = "units.first_leads"
AUDIT_DAYS = "audit.days"
_LAMP_MEANINGS = {
    "overdue": "逾期任务的灯色",
    "far_behind": "严重滞后任务的灯色",
    "behind": "滞后任务的灯色",
    "near": "临近期限任务的灯色",
    "fine": "正常任务的灯色",
    "far_points": "落后时间进度超过多少个百分点为严重滞后",
    "behind_points": "落后时间进度达到多少个百分点为滞后",
    "near_days": "距完成时限多少天以内为临近期限",
}
_SWITCH = {"是": True, "否": False, "true": True, "false": False}
LONGEST_WORD, LARGEST_NUMBER = 10, 366


class SettingUnknown(ZwgkError):
    """No setting of this name."""

    code = "setting_unknown"
    sentence = "没有名为“{name}”的设置，可用：{known}。"


class SettingWrong(ZwgkError):
    """A value that the setting cannot have."""

    code = "setting_wrong"
    sentence = "设置 {name}（{meaning}）不能是“{value}”，须写{form}。"


@dataclass(frozen=True)
class Known:
    """A setting that exists. `form` says in words what may be written, `read` gives its value, None for what it is not.
    `default` None: what the tenant's plugins say holds."""

    meaning: str
    form: str
    read: Callable[[str], Any]
    default: Any = None


def _word(text: str) -> str | None:
    return text if len(text) <= LONGEST_WORD else None


def _number(meaning: str, low: int, high: int, default: int | None = None) -> Known:
    def read(text: str) -> int | None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
        return number if low <= number <= high else None

    return Known(meaning, f" {low} 到 {high} 的整数", read, default)


def _lamp(name: str, kind: type) -> Known:
    if kind is int:
        return _number(_LAMP_MEANINGS[name], 0, LARGEST_NUMBER)
    return Known(_LAMP_MEANINGS[name], f"颜色，不超过 {LONGEST_WORD} 个字", _word)


SETTINGS: Mapping[str, Known] = {
    **{f"{LAMPS}{field.name}": _lamp(field.name, type(field.default)) for field in fields(LampRule)},
    FIRST_LEADS: Known("文件没有写明牵头时，列第一位的责任单位为牵头单位", "是或否", _SWITCH.get, default=False),
    AUDIT_DAYS: _number("审计记录和修改历史保存多少天，期满可以清理", LEAST_DAYS, 9999, 3650),
    **{
        f"{SECURITY}{name}": _number(bounds.meaning, bounds.low, bounds.high, getattr(Policy, name))
        for name, bounds in NUMBERS.items()
    },
    f"{SECURITY}second_factor": Known(SECOND_FACTOR_MEANING, "是或否", _SWITCH.get, default=Policy.second_factor),
}


def read_settings(session: ScopedSession) -> dict[str, Any]:
    """What the session's tenant set: name → value."""
    return dict(map(tuple, session.execute(select(Setting.name, Setting.value).order_by(Setting.name))))


def setting(session: ScopedSession, name: str) -> Any:
    """The value of one setting of the session's tenant, or its default."""
    return read_settings(session).get(name, SETTINGS[name].default)


def shown_settings(session: ScopedSession) -> list[dict[str, Any]]:
    """Every setting that there is: its name, its value (None: as the plugins say), whether the tenant set it, and its
    meaning."""
    own = read_settings(session)
    return [
        {"name": name, "value": own.get(name, known.default), "set": name in own, "meaning": known.meaning}
        for name, known in SETTINGS.items()
    ]


def lock_settings(session: ScopedSession) -> None:
    """Nobody else changes the tenant's settings until the end of this transaction."""
    one_by_one(session, "settings")


def is_security(name: str) -> bool:
    """Whether a setting is for who may change the security of a tenant, not for the office."""
    return name.startswith(SECURITY) or name == AUDIT_DAYS


def change_setting(session: ScopedSession, name: str, written: str) -> None:
    """Set it as written; a blank takes the tenant's own value away. Raises `SettingUnknown`, `SettingWrong`."""
    known = SETTINGS.get(name)
    if known is None:
        raise SettingUnknown(name=name, known="、".join(SETTINGS))
    value = known.read(written) if written else None
    if written and value is None:
        raise SettingWrong(name=name, meaning=known.meaning, value=written, form=known.form)
    row = session.scalar(select(Setting).where(Setting.name == name))
    old = row.value if row else None
    if old == value:
        return
    if row is None:
        session.add(Setting(name=name, value=value))
    elif value is None:
        session.delete(row)
    else:
        row.value = value
    session.flush()
    record(session, [FieldChange("tenant", session.scope.tenant_id, name, old, value)])
