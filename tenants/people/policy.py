"""How strict a tenant is about passwords and sessions: the settings `security.…`, with their bounds. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

SECURITY = "security."


@dataclass(frozen=True)
class Policy:
    """The rules that hold for an account. What 等保 asks for can be set; the defaults are what assessors expect."""

    min_length: int = 10
    classes: int = 3
    max_age_days: int = 90
    history: int = 5
    failures: int = 5
    lock_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 12
    sessions: int = 5
    second_factor: bool = False


@dataclass(frozen=True)
class Bounds:
    """What a number of the policy means, between what it may be set, and which of several is the strictest."""

    meaning: str
    low: int
    high: int
    strictest: Callable[[Iterable[int]], int]


def _soonest(days: Iterable[int]) -> int:
    """0 is never."""
    return min(filter(None, days), default=0)


# Passwords of fewer than 8 characters, more than 20 guesses, a session that nobody ends: no tenant can want these
NUMBERS: Mapping[str, Bounds] = {
    "min_length": Bounds("密码至少多少个字符", 8, 64, max),
    "classes": Bounds("密码至少含大写字母、小写字母、数字、其他字符中的几类", 1, 4, max),
    "max_age_days": Bounds("密码最多使用多少天，0 为不限", 0, 366, _soonest),
    "history": Bounds("新密码不得与最近多少个密码相同", 1, 24, max),
    "failures": Bounds("连续失败多少次后锁定账号", 3, 20, min),
    "lock_minutes": Bounds("账号锁定多少分钟", 1, 1440, max),
    "idle_minutes": Bounds("多少分钟没有操作须重新登录", 5, 480, min),
    "session_hours": Bounds("登录后最长多少小时须重新登录", 1, 168, min),
    "sessions": Bounds("同一账号最多同时登录几处，超出的先登录者退出", 1, 20, min),
}
SECOND_FACTOR_MEANING = "所有成员登录都须两步验证；管理员一律须两步验证"


def policy_of(settings: Mapping[str, Any]) -> Policy:
    """The policy of a tenant: what it set (`security.history` → 8), and for the rest the defaults."""
    names = (field.name for field in fields(Policy))
    return Policy(**{name: settings[SECURITY + name] for name in names if SECURITY + name in settings})


def strictest(policies: Iterable[Policy]) -> Policy:
    """Rule by rule the strictest of several policies; the defaults where there is none."""
    every = list(policies)
    if not every:
        return Policy()
    numbers = {name: bounds.strictest(getattr(p, name) for p in every) for name, bounds in NUMBERS.items()}
    return Policy(**numbers, second_factor=any(p.second_factor for p in every))
