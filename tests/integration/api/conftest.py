"""Two agencies with people of every role, and what each of them has: made once in a process, by commands and services;
each module has a copy of its own."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from core.files.services import keep
from core.jobs.services import ask_for
from core.migrate import upgrade
from core.onboarding.applying import Wish, apply
from core.plans.reading import live_rows
from core.plans.services import find_plan
from core.runtime import Runtime
from core.units.services import read_directory
from core.webhooks.reach import Networks
from core.webhooks.services import add_webhook, ping
from tenants.identity import links
from tenants.people.members import invite, list_members
from tenants.people.rights import ROLES
from tenants.people.tokens import OPERATOR, issue_token, list_tokens
from tenants.people.tracing import BY_COMMAND
from tenants.postgres.urls import DatabaseUrls
from tenants.sessions import tenant_session
from tests.support.agency import handed_out
from tests.support.cli import Cli
from tests.support.database import plain
from tests.support.http import Caller
from tests.support.people import cheap_hashes

TASKS = {"甲": 30, "乙": 180}
PEOPLE = ("office", "unit_contact", "tenant_admin")
LINK, BOUND = "a link", "office's program for one unit"
UNITS = ("办公室", "法规处", "宣传处", "信息中心")


@dataclass
class Agency:
    """A tenant, who acts in it, and the ids of what is in it, by kind."""

    slug: str
    callers: dict[str, Caller] = field(default_factory=dict)
    ids: dict[str, list[int | str]] = field(default_factory=dict)

    def at(self, app: Flask) -> "Agency":
        """The same one, in a copy of its database."""
        callers = {name: caller.at(app) for name, caller in self.callers.items()}
        return Agency(self.slug, callers, {kind: list(ids) for kind, ids in self.ids.items()})


@dataclass
class Site:
    """An application and its two agencies."""

    urls: DatabaseUrls
    app: Flask
    cli: Cli
    own: Agency
    other: Agency


def document(who: str) -> str:
    """A document of one agency, its tasks laid on four units in turn."""
    tasks = "\n".join(
        f"({n})编制{who}第{n}号目录。编制并公布{who}第{n}号目录,于6月底前完成。(责任单位:{who}{UNITS[n % 4]})"
        for n in range(1, TASKS[who] + 1)
    )
    return f"2024年{who}政务公开工作要点\n一、信息公开\n{tasks}\n"


def _agency(cli: Cli, app: Flask, folder: Path, slug: str, who: str) -> Agency:
    paper = folder / f"{slug}.txt"
    paper.write_text(document(who), encoding="utf-8")
    cli.ok("tenant", "add", slug, "--name", f"{who}局", "--plugin", "openness")
    cli.ok("plan", "import", paper, "--tenant", slug)
    cli.ok("plan", "confirm", "--tenant", slug)
    sheets, link = handed_out(app, slug)
    agency, now = Agency(slug), datetime.now(UTC)
    with app.app_context(), tenant_session(slug, "office", "command") as session:
        units = [unit.id for unit in read_directory(session).units()]
        invited = {
            role: invite(session, f"{role}.{slug}", f"{who}{kind.name}", role, units[:1] if kind.bound else None, now)
            for role, kind in ROLES.items()
        }
        secrets = {
            role: issue_token(session, OPERATOR, kind.name, kind.rights, now, 30, units[:1] if kind.bound else None)
            for role, kind in ROLES.items()
        }
        bound = issue_token(session, OPERATOR, "一处", ROLES["office"].rights, now, 30, units[:1])
        plan = find_plan(session).id
        webhook = add_webhook(session, Networks(), f"https://{slug}.example.org/", ["rows.changed"], now).webhook
        agency.ids = {
            "plan": [plan],
            "row": [row.key for row in live_rows(session, plan)],
            "task": list(dict.fromkeys(row.task_id for row in live_rows(session, plan))),
            "unit": units,
            "account": [member.login for member in list_members(session)],
            "member": [member.id for member in list_members(session)],
            "identity": [links.link(session, list_members(session)[0].account_id, "https://sso", "sub", now).id],
            "token": [token.id for token in list_tokens(session, "api", now)],
            "tenant": [slug],
            "application": [
                apply(Wish(f"{who}局", "department", "", who, slug * 3, "电话"), now, BY_COMMAND).reference
            ],
            "file": [keep(session, "要点.txt", b"1").id],
            "webhook": [webhook.id],
            "delivery": [ping(session, webhook.id).id],
            "job": [ask_for(session, "plan.import", {"file": 0, "attachments": [], "year": None}).id],
        }
    agency.ids |= sheets
    agency.callers = {f"{role}'s program": Caller(app, issued.secret) for role, issued in secrets.items()}
    agency.callers |= {LINK: Caller(app, link), BOUND: Caller(app, bound.secret)}
    for role in PEOPLE if slug == "a" else PEOPLE[:1]:
        agency.callers[role] = Caller(app).sign_in(f"{role}.{slug}", invited[role].initial_password, slug)
    agency.ids["session"] = [one["id"] for one in agency.callers["office"].get("/sessions")]
    return agency


def _asked(who: str, login: str, now: datetime) -> str:
    """The reference of an application."""
    return apply(Wish(f"{who}局", "department", "", who, login, "电话"), now, BY_COMMAND).reference


@dataclass(frozen=True, eq=False)
class Furnished:
    """A home, and what builds the agencies a and b in a database: they are there once it has."""

    folder: Path
    agencies: list[Agency]

    def runtime(self, urls: DatabaseUrls) -> Runtime:
        """On a database of theirs."""
        return Runtime(urls.as_environ() | {"ZWGK_RATE": "off"}, self.folder / "home")

    def build(self, urls: DatabaseUrls) -> None:
        """From nothing."""
        upgrade(urls)
        with closing(self.runtime(urls)) as runtime:
            cli, app = Cli(runtime), runtime.served
            self.agencies.extend(_agency(cli, app, self.folder, *named) for named in (("a", "甲"), ("b", "乙")))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory) -> Furnished:
    """That of this process."""
    return Furnished(tmp_path_factory.mktemp("site"), [])


@pytest.fixture(scope="module")
def site(database_server, furnished) -> Iterator[Site]:
    """The application with the agencies a and b, whose people have just signed in."""
    with (
        cheap_hashes(),
        database_server.clone(furnished.build) as urls,
        closing(furnished.runtime(urls)) as runtime,
        psycopg.connect(plain(urls.need_owner()), autocommit=True) as owner,
    ):
        owner.execute("UPDATE sign_in SET seen_at = now()")
        own, other = (agency.at(runtime.served) for agency in furnished.agencies)
        yield Site(urls, runtime.served, Cli(runtime), own, other)
