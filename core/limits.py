"""How much one tenant may take of what all share. Set by the operator, in the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from flask import current_app
from sqlalchemy import func, select

from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

EXTENSION = "zwgk_limits"
_WRITTEN = re.compile(r"[1-9][0-9]{0,6}")


class LimitInvalid(ZwgkError):
    """The environment names no number."""

    code = "limit_invalid"
    sentence = "环境变量 {name}=“{text}”不合要求，请写 1 到 9999999 的整数。"


@dataclass(frozen=True)
class Limits:
    """`files_mb`: of all kept files of a tenant, in megabytes; `jobs_waiting`, `jobs_waiting_each`: of a tenant, and of
    one who asks in it; `job_minutes`: how long one job may take."""

    files_mb: int = 2048
    jobs_waiting: int = 200
    jobs_waiting_each: int = 50
    job_minutes: float = 60

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Limits":
        """By ZWGK_FILES_MB, ZWGK_JOBS_WAITING, ZWGK_JOBS_WAITING_EACH, ZWGK_JOB_MINUTES. Raises `LimitInvalid`."""
        said = {one.name: environ.get(_variable(one.name), "").strip() for one in fields(cls)}
        for name, text in said.items():
            if text and not _WRITTEN.fullmatch(text):
                raise LimitInvalid(name=_variable(name), text=text)
        return cls(**{name: int(text) for name, text in said.items() if text})


def _variable(name: str) -> str:
    return f"ZWGK_{name.upper()}"


def limits() -> Limits:
    """Those of the application."""
    return current_app.extensions.get(EXTENSION, _USUAL)


_USUAL = Limits()


def one_by_one(session: ScopedSession, what: str) -> None:
    """Nobody else in the tenant is at this until the end of this transaction."""
    key = func.hashtextextended(f"zwgk.{what}.{session.scope.tenant_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
