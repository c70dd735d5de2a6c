"""Sheets over HTTP: what `zwgk sheet` does."""

from typing import Any

from bridges.conflicts import open_cells
from bridges.proposals import in_words, proposals_of
from bridges.sheets import settle_cell, undo_pass
from bridges.store.models import SheetProposal, SyncPass
from bridges.sync.plan import Plan as Pass
from bridges.web.asked import store_of
from bridges.web.passes import as_item, find_pass, passes_of
from bridges.web.schemas import (
    ConflictSchema,
    PassResultSchema,
    ProposalPageSchema,
    SettlementSchema,
    SheetAdoptionSchema,
    SheetExportSchema,
    SheetSyncSchema,
    SyncPageSchema,
    SyncSchema,
    WordSchema,
    word_shown,
)
from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.api.paging import PageQuery, page
from core.files.services import find_file
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import Accepted, accepted
from core.plans.services import find_plan
from core.plans.vocabulary import forget_word, read_words, teach_word
from core.runtime import china_now, china_today
from tenants.errors import ZwgkError
from tenants.people.rights import Right

sheets = ApiBlueprint("sheets", __name__, "/plans", "任务分解表")
syncs = ApiBlueprint("syncs", __name__, "/syncs", "同步")
conflicts = ApiBlueprint("conflicts", __name__, "/conflicts", "冲突")
words = ApiBlueprint("words", __name__, "/words", "状态词")


class WholePlanOnly(ZwgkError):
    """A form of workbook that shows the rows of all units, and somebody who sees some only."""

    code = "whole_plan_only"
    sentence = "按章节、按任务的表含全部单位的任务，只有牵头办公室可以导出；请用 by=unit，或填报下发表。"


@sheets.post("/<int:plan>/exports")
@access(Right.SHEETS_EXPORT)
@sheets.arguments(SheetExportSchema)
@sheets.response(202, JobSchema)
def export_plan(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """导出任务分解表；联络员得到的只含本单位的任务，每个单位一份。"""
    find_plan(acting.session, plan)
    if acting.units is not None and given["by"] != "unit":
        raise WholePlanOnly
    return accepted(ask_for(acting.session, "sheet.export", {"plan": plan, **given}, acting.units))


@sheets.post("/<int:plan>/syncs")
@access(Right.SHEETS_SYNC)
@sheets.arguments(SheetSyncSchema)
@sheets.response(202, JobSchema)
def sync_file(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """同步一份交回的表：双方的修改都保留，不一致的留待处理；结果含报告和写好的表。"""
    return _of_plan(acting, "sheet.sync", plan, given)


@sheets.get("/<int:plan>/syncs")
@access(Right.SHEETS_SYNC)
@sheets.arguments(PageQuery, location="query")
@sheets.response(200, SyncPageSchema)
def all_syncs(acting: Acting, asked: dict[str, Any], plan: int) -> Any:
    """同步、导出、撤销等的记录，最近的在前。"""
    find_plan(acting.session, plan)
    found = page(acting.session, passes_of(plan), (SyncPass.id,), asked, falling=True)
    return {"items": [as_item(row) for row in found.items], "next": found.next}


@sheets.post("/<int:plan>/adoptions")
@access(Right.SHEETS_SYNC)
@sheets.arguments(SheetAdoptionSchema)
@sheets.response(202, JobSchema)
def adopt_file(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """接管一张现有的表：先看找到了什么、有哪些问题，dry_run 为 false 才作更改。"""
    return _of_plan(acting, "sheet.adopt", plan, given)


def _of_plan(acting: Acting, kind: str, plan: int, given: dict[str, Any]) -> Accepted:
    find_plan(acting.session, plan)
    find_file(acting.session, given["file"], acting.principal.grants)
    return accepted(ask_for(acting.session, kind, {"plan": plan, **given}, acting.units, f"plan:{plan}"))


@sheets.get("/<int:plan>/conflicts")
@access(Right.SHEETS_SYNC)
@sheets.response(200, ConflictSchema(many=True))
def all_conflicts(acting: Acting, plan: int) -> Any:
    """待处理的冲突：系统中的值，以及各表格中的值。"""
    return open_cells(acting.session, find_plan(acting.session, plan))


@sheets.get("/<int:plan>/proposals")
@access(Right.SHEETS_SYNC)
@sheets.arguments(PageQuery, location="query")
@sheets.response(200, ProposalPageSchema)
def all_proposals(acting: Acting, asked: dict[str, Any], plan: int) -> Any:
    """各单位在表格中提出、须由牵头办公室决定的修改建议，最近的在前；照办的请直接修改任务行。"""
    of = find_plan(acting.session, plan)
    found = page(acting.session, proposals_of(plan), (SheetProposal.id,), asked, falling=True)
    return {"items": in_words(acting.session, of, found.items), "next": found.next}


@syncs.get("/<sync>")
@access(Right.SHEETS_SYNC)
@syncs.response(200, SyncSchema)
def one_sync(acting: Acting, sync: str) -> Any:
    """一次同步和它的报告。"""
    return find_pass(acting.session, sync)


@syncs.post("/<sync>/undo")
@access(Right.SHEETS_SYNC)
@syncs.response(200, PassResultSchema)
def undo_sync(acting: Acting, sync: str) -> Any:
    """撤销一次同步对数据库的修改；各表在下次同步时恢复。"""
    return told(undo_pass(store_of(acting.session, shared=True), sync, china_now))


@conflicts.post("/<owner>/settle")
@access(Right.SHEETS_SYNC)
@conflicts.arguments(SettlementSchema)
@conflicts.response(200, PassResultSchema)
def settle_conflict(acting: Acting, given: dict[str, Any], owner: str) -> Any:
    """处理一处冲突：采用系统中的值，或表格中的值；各表在下次同步时更新。"""
    store = store_of(acting.session, shared=True)
    return told(settle_cell(store, owner, given["field"], given["use"], given["value"], china_now))


def told(done: Pass) -> dict[str, Any]:
    """A pass that was made at once, as a `PassResultSchema`."""
    return {"report": done.as_json(), "status": done.status}


@words.get("")
@access(Right.TENANT_READ)
@words.response(200, WordSchema(many=True))
def all_words(acting: Acting) -> Any:
    """教过的状态词。"""
    return [word_shown(word, form) for word, form in read_words(acting.session).items()]


@words.post("")
@access(Right.SETTINGS_CHANGE)
@words.arguments(WordSchema)
@words.response(201, WordSchema)
def add_word(acting: Acting, given: dict[str, Any]) -> Any:
    """教一个状态词：word 表示 means；教过的改为新的意思。"""
    status = teach_word(acting.session, given["word"], given["means"], china_today())
    return word_shown(given["word"], status.norm)


@words.delete("/<word>")
@access(Right.SETTINGS_CHANGE)
@words.response(204)
def remove_word(acting: Acting, word: str) -> None:
    """不再使用一个状态词；已经读入的不变。"""
    forget_word(acting.session, word, china_today())
