"""Rounds over HTTP: what `zwgk round` does. Who has units sees their packets only."""

from typing import Any

from flask import Response

from bridges.rounds.desk import Current, round_seen
from bridges.rounds.restoring import restore
from bridges.rounds.status import list_rounds, round_status
from bridges.sync.model import OFFICE
from bridges.web.asked import store_of
from bridges.web.packet_files import fetch_packet
from bridges.web.schemas import (
    DivisionSchema,
    PassResultSchema,
    RestorationSchema,
    ReturnsSchema,
    RoundItemSchema,
    RoundOrderSchema,
    RoundSchema,
)
from bridges.web.sheet_views import told
from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.files.services import find_file
from core.files.views import CONTENT, content_of
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import Accepted, accepted
from core.plans.services import find_plan
from core.runtime import china_now, china_today
from core.units.services import check_ids
from tenants.people.rights import Right

plan_rounds = ApiBlueprint("plan_rounds", __name__, "/plans", "下发")
rounds = ApiBlueprint("rounds", __name__, "/rounds", "下发与回收")
corrections = ApiBlueprint("corrections", __name__, "/corrections", "被更正的值")


@plan_rounds.post("/<int:plan>/rounds")
@access(Right.ROUNDS_SEND)
@plan_rounds.arguments(RoundOrderSchema)
@plan_rounds.response(202, JobSchema)
def send_round(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """下发：为每个责任单位生成一份只含其任务的下发表，另有压缩包和下发清单。"""
    find_plan(acting.session, plan)
    check_ids(acting.session, given["units"])
    order = {**given, "plan": plan, "due": given["due"] and given["due"].isoformat()}
    return accepted(ask_for(acting.session, "round.send", order, acting.units, f"plan:{plan}"))


@plan_rounds.get("/<int:plan>/rounds")
@access(Right.ROUNDS_READ)
@plan_rounds.response(200, RoundItemSchema(many=True))
def all_rounds(acting: Acting, plan: int) -> Any:
    """各批下发，最近的在前；联络员只见发给本单位的。"""
    return list_rounds(acting.session, find_plan(acting.session, plan).id, acting.units)


@rounds.get("/<int:round>")
@access(Right.ROUNDS_READ)
@rounds.response(200, RoundSchema)
def one_round(acting: Acting, round: int) -> Any:
    """一批下发：各单位收到的版本、交回的文件、催办名单；联络员只见本单位。"""
    seen = round_seen(acting.session, round, acting.units)
    _, units = round_status(acting.session, seen.key, china_today(), acting.units)
    return seen._asdict() | {"plan": seen.plan_id, "units": units, "chase": [one.shown for one in units if one.owes]}


@rounds.get("/<int:round>/packets/<int:unit>")
@access(Right.ROUNDS_RETURN)
@rounds.response(200, CONTENT, content_type="*/*")
def one_packet(acting: Acting, round: int, unit: int) -> Response:
    """下载发给一个单位的下发表（经接口下发的，保存 30 天）；联络员只能下载本单位的。"""
    seen = round_seen(acting.session, round, acting.units)
    return content_of(fetch_packet(acting.session, seen.id, unit, acting.units))


@rounds.post("/<int:round>/returns")
@access(Right.ROUNDS_RETURN)
@rounds.arguments(ReturnsSchema)
@rounds.response(202, JobSchema)
def return_packets(acting: Acting, given: dict[str, Any], round: int) -> Any:
    """交回下发表（可为压缩包）：逐份合并，结果含报告和答复；联络员只能交回本单位的。"""
    return _with_files(acting, "round.collect", round, given["files"], given)


@rounds.post("/<int:round>/divisions")
@access(Right.ROUNDS_RETURN)
@rounds.arguments(DivisionSchema)
@rounds.response(202, JobSchema)
def divide_packet(acting: Acting, given: dict[str, Any], round: int) -> Any:
    """把一个单位的下发表划分给各科室，每个科室一份；联络员只能划分本单位的。"""
    return _with_files(acting, "round.divide", round, [given["file"]], given)


def _with_files(acting: Acting, kind: str, round: int, files: list[int], given: dict[str, Any]) -> Accepted:
    seen = round_seen(acting.session, round, acting.units)
    for file in files:
        find_file(acting.session, file, acting.principal.grants)
    return ask_about(acting, kind, seen, given)


def ask_about(acting: Acting, kind: str, seen: Current, detail: dict[str, Any]) -> Accepted:
    """Ask for work on a round; that on one plan is done one after the other."""
    return accepted(ask_for(acting.session, kind, {**detail, "round": seen.id}, acting.units, f"plan:{seen.plan_id}"))


@corrections.post("/<corrected>/restore")
@access(Right.ROUNDS_SEND)
@corrections.arguments(RestorationSchema)
@corrections.response(200, PassResultSchema)
def restore_value(acting: Acting, given: dict[str, Any], corrected: str) -> Any:
    """恢复一行任务中被后来的回收件更正过的值。"""
    store = store_of(acting.session, shared=True)
    return told(restore(store, corrected, given["field"], given["value"], china_now, OFFICE))
