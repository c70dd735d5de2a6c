"""Which kinds of long work there are: each part names modules (`jobs`) whose `KINDS` declare them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from core.jobs.work import Work
from core.parts import declared
from tenants.people.rights import Right


@dataclass(frozen=True)
class Kind:
    """`name`: stable, as `plan.import`; `shown`: its Chinese name; `run` does it and gives the result, JSON values;
    `right`: what it takes, of who asked, at the moment at which it is begun.

    `private`: only who asked for it sees it. `changes`: it changes what is the tenant's; a tenant that leaves may only
    look and export. `run` may be begun again where a worker died: what it does through
    `work.session` is committed together with its end, so only what it does elsewhere has to stand being done twice.
    """

    name: str
    shown: str
    run: Callable[[Work], Mapping[str, Any]]
    right: Right
    private: bool = False
    changes: bool = True


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds, by name."""
    modules = [import_module(name) for name in declared("jobs")]
    return {kind.name: kind for module in modules for kind in module.KINDS}
