"""Members of the tenant over HTTP."""

from typing import Any

from core.api.access import Acting, access, now
from core.api.blueprint import ApiBlueprint
from core.api.errors import Forbidden
from core.api.replay import hold_secret
from core.people.schemas import InvitedSchema, MemberChangeSchema, MemberSchema
from core.units.services import check_ids
from tenants.identity.links import invite_bound
from tenants.people.members import change_member, end_member, find_member, invite, list_members, lock_member
from tenants.people.rights import ROLES, Right

members = ApiBlueprint("members", __name__, "/members", "成员")


def refuse_above(acting: Acting, account_id: int) -> None:
    """Nobody changes, removes or speaks for a person who has more rights than he. Raises `Forbidden`."""
    for member in list_members(acting.session):
        if member.account_id == account_id:
            _refuse_more(acting, member.role)


def _refuse_more(acting: Acting, role: str) -> None:
    """Nobody gives what he does not have: least of all a program, by a person who would outlive its token."""
    if not ROLES[role].rights <= acting.principal.rights:
        raise Forbidden


@members.get("")
@access(Right.MEMBERS_READ)
@members.response(200, MemberSchema(many=True))
def all_members(acting: Acting) -> Any:
    """全部成员：每人在每个角色中各列一项。"""
    return list_members(acting.session)


@members.post("")
@access(Right.MEMBERS_CHANGE)
@members.arguments(MemberSchema)
@members.response(201, InvitedSchema)
def add_member(acting: Acting, given: dict[str, Any]) -> Any:
    """增加成员；登录名尚无账号时一并开通，初始密码只显示这一次。写明 subject 的，经统一身份认证登录，不发初始密码。"""
    _refuse_more(acting, given["role"])
    units = given.get("units")
    check_ids(acting.session, units or ())
    name = given.get("name", given["login"])
    if subject := given.get("subject"):
        member = invite_bound(acting.session, given["login"], name, given["role"], units, subject, now())
        return {"member": member, "initial_password": None}
    invited = invite(acting.session, given["login"], name, given["role"], units, now())
    hold_secret()
    return {"member": invited.member, "initial_password": invited.initial_password}


@members.get("/<int:member>")
@access(Right.MEMBERS_READ)
@members.etag
@members.response(200, MemberSchema)
def one_member(acting: Acting, member: int) -> Any:
    """一位成员。"""
    return find_member(acting.session, member)


@members.put("/<int:member>")
@access(Right.MEMBERS_CHANGE)
@members.etag
@members.arguments(MemberChangeSchema)
@members.response(200, MemberSchema)
def edit_member(acting: Acting, given: dict[str, Any], member: int) -> Any:
    """改换角色或所联络的单位，须带 If-Match。"""
    _refuse_more(acting, given["role"])
    present = lock_member(acting.session, member)
    refuse_above(acting, present.account_id)
    members.check_etag(present, MemberSchema)
    units = given.get("units")
    check_ids(acting.session, units or ())
    return change_member(acting.session, member, given["role"], units, now())


@members.delete("/<int:member>")
@access(Right.MEMBERS_CHANGE)
@members.response(204)
def remove_member(acting: Acting, member: int) -> None:
    """移出成员，其下一次请求起即无权限。"""
    refuse_above(acting, lock_member(acting.session, member).account_id)
    end_member(acting.session, member, now())
