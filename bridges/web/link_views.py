"""Upload links: one unit returns its packet of one round, without an account, until the link ends."""

from typing import Any

from flask import Response

from bridges.rounds.desk import round_seen
from bridges.rounds.errors import RoundUnknown
from bridges.web.round_views import ask_about
from bridges.web.schemas import LinkIssuedSchema, LinkSchema
from core.api.access import Acting, access, access_by_link, now
from core.api.blueprint import ROOT, ApiBlueprint
from core.api.replay import hold_secret
from core.files.schemas import UploadSchema
from core.files.services import LARGEST, FileUnknown, give_out, take_in
from core.files.views import CONTENT, FORM, content_of
from core.jobs.schemas import JobSchema
from core.jobs.services import find_job
from core.units.services import check_ids
from tenants.errors import ZwgkError
from tenants.people.rights import Right
from tenants.people.tokens import Maker, TokenShown, TokenUnknown, issue_link, list_tokens, revoke_token

links = ApiBlueprint("links", __name__, "/rounds", "上传链接")
returns = ApiBlueprint("returns", __name__, "/returns", "凭链接交回")
PURPOSE = "upload"


class UnitNotInRound(ZwgkError):
    """Nothing was handed out to the unit in this round."""

    code = "unit_not_in_round"
    sentence = "本批没有发给编号为 {unit} 的单位的下发表，未发放链接。"


@links.post("/<int:round>/links")
@access(Right.LINKS_ISSUE)
@links.arguments(LinkSchema)
@links.response(201, LinkIssuedSchema)
def add_link(acting: Acting, given: dict[str, Any], round: int) -> Any:
    """发放上传链接：凭它可交回一个单位在本批的下发表，不需要账号；只显示这一次。"""
    seen, unit = round_seen(acting.session, round, acting.units), given["unit_id"]
    check_ids(acting.session, [unit])
    try:
        round_seen(acting.session, round, frozenset({unit}))
    except RoundUnknown:
        raise UnitNotInRound(unit=unit) from None
    maker = Maker(acting.principal.account_id, acting.principal.grants, acting.principal.until)
    name = given.get("name", f"第 {seen.key} 批")
    issued = issue_link(acting.session, maker, PURPOSE, unit, {"round": round}, name, now(), given["days"])
    hold_secret()
    return {"link": _shown(issued.token), "secret": issued.secret}


@links.get("/<int:round>/links")
@access(Right.LINKS_ISSUE)
@links.response(200, LinkSchema(many=True))
def all_links(acting: Acting, round: int) -> Any:
    """本批有效的上传链接，最近发放的在前。"""
    return [_shown(link) for link in _links(acting, round)]


@links.delete("/<int:round>/links/<int:link>")
@access(Right.LINKS_ISSUE)
@links.response(204)
def remove_link(acting: Acting, round: int, link: int) -> None:
    """吊销上传链接，立即无效。"""
    if link not in {one.id for one in _links(acting, round)}:
        raise TokenUnknown(id=link)
    revoke_token(acting.session, link, now(), "link")


def _links(acting: Acting, round: int) -> list[TokenShown]:
    """Those of the round that hold."""
    round_seen(acting.session, round, acting.units)
    return [one for one in list_tokens(acting.session, "link", now()) if one.subject.get("round") == round]


def _shown(link: TokenShown) -> dict[str, Any]:
    return vars(link) | {"unit_id": link.units[0]}


@returns.post("")
@access_by_link(PURPOSE, largest=LARGEST + FORM)
@returns.arguments(UploadSchema, location="files")
@returns.response(202, JobSchema)
def return_by_link(acting: Acting, given: dict[str, Any]) -> Any:
    """凭上传链接交回下发表（Authorization: Bearer 链接），不需要账号。"""
    seen = round_seen(acting.session, acting.principal.subject["round"], acting.units)
    file = take_in(acting.session, given["file"].filename or "", given["file"].read())
    detail = {"files": [file.id], "accepted": {}, "confirmed": {}, "replies": True, "dry_run": False}
    job, status, _ = ask_about(acting, "round.collect", seen, detail)
    return job, status, {"Location": f"{ROOT}/returns/{job.id}"}  # where the link may look


@returns.get("/<int:returned>")
@access_by_link(PURPOSE)
@returns.response(200, JobSchema)
def one_return(acting: Acting, returned: int) -> Any:
    """凭同一链接查看交回的结果。"""
    return find_job(acting.session, returned, acting.principal.grants)


@returns.get("/<int:returned>/replies/<int:reply>")
@access_by_link(PURPOSE)
@returns.response(200, CONTENT, content_type="*/*")
def one_reply(acting: Acting, returned: int, reply: int) -> Response:
    """凭同一链接下载对交回的答复（结果中 files_made 所列的文件）。"""
    result = find_job(acting.session, returned, acting.principal.grants).result or {}
    if reply not in {one["file"] for one in result.get("files_made", ())}:
        raise FileUnknown(id=reply)
    return content_of(give_out(acting.session, reply, acting.principal.grants))
