"""A list of fifty tasks over HTTP, signed in, isolation on, beside bare Flask that runs the same SQL; and the same list
in a database of one tenant and of two thousand."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response
from sqlalchemy import create_engine, event, text
from werkzeug.test import EnvironBuilder

from benchmarks.home import TENANT, open_home, zwgk
from benchmarks.material import plan_of
from core.runtime import Runtime
from tenants.db import Base
from tenants.people.rights import ROLES
from tenants.people.tokens import OPERATOR, issue_token
from tenants.postgres.cluster import resolve
from tenants.sessions import cross_tenant, db, tenant_session

ROUNDS, REQUESTS = 41, 60  # with nine rounds the same list gave 1.46 to 1.76 of bare Flask
PAGE = 50


def _prepared(home: str, tasks: int) -> tuple[Runtime, int, str]:
    """A home with a confirmed plan; the plan's id, and the secret of an office's program."""
    runtime = open_home(home)
    from core.cli import run

    run(["tenant", "add", TENANT, "--name", "示例机关", "--plugin", "openness"], runtime)
    paper = Path(home) / "plan.txt"
    paper.write_text(plan_of(tasks), encoding="utf-8")
    zwgk(runtime, "plan", "import", str(paper))
    zwgk(runtime, "plan", "confirm")
    with runtime.app.app_context(), tenant_session(TENANT, "office", "command") as session:
        from core.plans.services import find_plan

        secret = issue_token(session, OPERATOR, "bench", ROLES["office"].rights, datetime.now(UTC), 1).secret
        return runtime, find_plan(session).id, secret


def _caller(app: Flask, path: str, **headers: str) -> Callable[[], bytes]:
    """Asks an application for one address, without a network."""
    here = {"REMOTE_ADDR": "127.0.0.1"}
    environ = EnvironBuilder(path=path, headers=headers, environ_base=here).get_environ()

    def ask() -> bytes:
        seen: list[str] = []
        content = b"".join(app(dict(environ), lambda status, *_: seen.append(status)))
        if not seen[0].startswith("200"):
            raise SystemExit(f"{path}: {seen[0]} {content.decode()}")
        return content

    return ask


Statement = tuple[str, Any]


def _statements(app: Flask, ask: Callable[[], bytes]) -> list[Statement]:
    """What a request asks the database, as the driver gets it: who asks, then the list."""
    heard: list[Statement] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    ask()
    event.remove(engine, "before_cursor_execute", listen)
    return heard


def _list_alone(said: list[Statement]) -> list[Statement]:
    """The list's own statement, behind the tenant that it is shown to."""
    scope = next(one for one in reversed(said) if one[0].startswith("SET LOCAL"))
    return [scope, said[-1]]


def _bare(app: Flask, said: list[Statement]) -> Flask:
    """Bare Flask and orjson: these statements in one transaction by the same engine; it answers what the last gives."""
    with app.app_context():
        engine = db.engine
    bare = Flask("bare")

    @bare.get("/rows")
    def rows() -> Response:
        with engine.begin() as connection:
            for statement, parameters in said:
                found = connection.exec_driver_sql(statement, parameters)
                read = found.all() if found.returns_rows else []
            names = list(found.keys())
            items = [dict(zip(names, row, strict=True)) for row in read]
        return Response(orjson.dumps(items, default=str), content_type="application/json")

    return bare


def _cpu(ask: Callable[[], bytes]) -> float:
    """Processor milliseconds a request, of this process."""
    began = time.process_time()
    for _ in range(REQUESTS):
        ask()
    return (time.process_time() - began) / REQUESTS * 1000


def list_50(home: str) -> dict[str, float]:
    """The list of fifty, ours, bare with the same SQL, and bare with the list alone, in turn; minima, for what else
    runs only ever adds."""
    runtime, plan, secret = _prepared(home, 1000)
    try:
        ours = _caller(runtime.served, f"/api/v1/plans/{plan}/rows?limit={PAGE}", Authorization=f"Bearer {secret}")
        ours()  # the first time it is noted that the program was seen
        said = _statements(runtime.served, ours)
        peers = [_caller(_bare(runtime.served, one), "/rows") for one in (said, _list_alone(said))]
        for ask in (ours, *peers):
            ask()
        rounds = [[_cpu(ask) for ask in (ours, *peers)] for _ in range(ROUNDS)]
        best, same, alone = (min(one) for one in zip(*rounds, strict=True))
        return {
            "seconds": best / 1000,
            "bare": same / 1000,
            "alone": alone / 1000,
            "ratio": statistics.median(one[0] / one[1] for one in rounds),
            "ratio_alone": statistics.median(one[0] / one[2] for one in rounds),
        }
    finally:
        runtime.close()


def _p95(asks: list[Callable[[], bytes]], requests: int) -> float:
    """Seconds, on the wall, of which 95 of 100 requests need less; the callers in turn."""
    taken = []
    for number in range(requests):
        began = time.perf_counter()
        asks[number % len(asks)]()
        taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=20)[-1]


def _multiplied(runtime: Runtime, tenants: int) -> list[str]:
    """The rows of the one tenant, laid out for so many; the short names of some that lie far apart."""
    statements = {
        "tenant": "INSERT INTO tenant (slug, name, plugins) SELECT 'b' || k, name, plugins FROM tenant, "
        "generate_series(2, :tenants) k WHERE slug = :slug"
    }
    for table in Base.metadata.sorted_tables:
        if "tenant_id" in table.c:
            columns = [f'"{column.name}"' for column in table.columns if column.name not in ("tenant_id", "txn")]
            statements[table.name] = (
                f"INSERT INTO {table.name} (tenant_id, {', '.join(columns)}) OVERRIDING SYSTEM VALUE "
                f"SELECT t.id, {', '.join('r.' + name for name in columns)} FROM {table.name} r, tenant t "
                "WHERE t.slug <> :slug AND r.tenant_id = (SELECT id FROM tenant WHERE slug = :slug)"
            )
    with resolve(runtime.environ, runtime.home) as urls, create_engine(urls.need_owner()).connect() as owner:
        for name, statement in statements.items():
            with runtime.app.app_context(), cross_tenant("benchmark") as session:
                session.execute(text(statement), {"tenants": tenants, "slug": TENANT})
            # as a service that grew has them: by those of one tenant, a foreign key is looked for among all its rows
            owner.execute(text(f"ANALYZE {name}"))
            owner.commit()
    return [TENANT, *(f"b{number}" for number in range(2, tenants, max(1, tenants // 40)))]


def _callers(runtime: Runtime, slugs: list[str]) -> list[Callable[[], bytes]]:
    asks = []
    for slug in slugs:
        with runtime.app.app_context(), tenant_session(slug, "office", "command") as session:
            from core.plans.services import find_plan

            rights, now = ROLES["office"].rights, datetime.now(UTC)
            secret = issue_token(session, OPERATOR, f"p95 {slug}", rights, now, 1).secret
            path = f"/api/v1/plans/{find_plan(session).id}/rows?limit={PAGE}"
        asks.append(_caller(runtime.served, path, Authorization=f"Bearer {secret}"))
    for ask in asks:
        ask()
    return asks


def tenants(one: str, many: str, count: str = "2000") -> dict[str, float]:
    """The list of fifty where there is one tenant, and where there are many of a thousand tasks each, in turn."""
    small, large = _prepared(one, 1000)[0], _prepared(many, 1000)[0]
    try:
        alone, among = _callers(small, [TENANT]), _callers(large, _multiplied(large, int(count)))
        rounds = [(_p95(among, 200), _p95(alone, 200)) for _ in range(ROUNDS)]
        return {
            "seconds": statistics.median(a for a, _ in rounds),
            "alone": statistics.median(b for _, b in rounds),
            "ratio": statistics.median(a / b for a, b in rounds),
        }
    finally:
        small.close()
        large.close()


CASES: dict[str, Callable[..., Any]] = {"list_50": list_50, "tenants": tenants}
