"""`zwgk tenant export`, `leave`, `stay`, `erase`, `erased`: an agency goes, with all that is its own."""

import json
import sys
from contextlib import suppress
from pathlib import Path

import click

from core.commands.account import now, shown_time
from core.commands.output import echo_json, echo_table, json_option
from core.commands.paths import TypedPath
from core.leaving.asking import ask_to_leave, preview, take_back
from core.leaving.coming_back import erase_again, signed, written
from core.leaving.erasing import erase, list_tombstones
from core.leaving.exporting import export_open
from core.leaving.schemas import LeavingPreviewSchema, LeavingSchema
from core.leaving.verifying import Proof, prove
from core.runtime import Runtime, with_app
from tenants.people.members import members_by_login
from tenants.people.rights import TENANT_ADMIN
from tenants.people.signing_in import show_again
from tenants.people.tracing import BY_COMMAND
from tenants.sessions import tenant_session

_OFFICE = ("office", "command")


@click.command("export")
@click.argument("slug")
@click.option("--out", type=TypedPath(dir_okay=False), required=True, help="新的 zip 文件。")
@json_option
@with_app
def tenant_export(runtime: Runtime, slug: str, out: Path, as_json: bool) -> None:
    """把租户的全部数据以通用格式导出到一个新文件，附清单和摘要；不用本系统也能打开和核验。"""
    manifest, digest = export_open(slug, out, now(), runtime.today, BY_COMMAND)
    if as_json:
        echo_json({"out": str(out), "manifest": digest, "members": len(manifest.members)})
    else:
        click.echo(f"已导出 {len(manifest.members)} 个文件到 {out}，清单的 SHA-256 摘要：{digest}")


@click.command("leave")
@click.argument("slug")
@click.option("--login", help="提出申请的租户管理员的登录名。")
@click.option("--dry-run", is_flag=True, help="只说明清除时会清除什么、保留什么。")
@click.option("--stdin", is_flag=True, help="从标准输入读两行：密码、验证码。")
@json_option
@with_app
def tenant_leave(_runtime: Runtime, slug: str, login: str | None, dry_run: bool, stdin: bool, as_json: bool) -> None:
    """申请注销租户，由其租户管理员输入密码和验证码；此后数据只能查看和导出，到期前可以撤回。"""
    if dry_run:
        with tenant_session(slug, *_OFFICE) as session:
            _tell_preview(LeavingPreviewSchema().dump(preview(session)), as_json)
        return
    if not login:
        raise click.UsageError("请用 --login 写明提出申请的租户管理员。")
    with tenant_session(slug, *_OFFICE) as session:
        account = members_by_login(session, login, TENANT_ADMIN)[0].account_id
    password, code = _asked(stdin)
    show_again(account, password, code, address="", now=now())
    with tenant_session(slug, f"account:{account}", "command") as session:
        told = LeavingSchema().dump(ask_to_leave(session, now()))
    if as_json:
        echo_json(told)
    else:
        click.echo(f"已申请注销租户 {slug}，{told['not_before'][:10]} 起可以清除。")
        click.echo(f"导出全部数据：zwgk tenant export {slug} --out 文件.zip；撤回：zwgk tenant stay {slug}")


@click.command("stay")
@click.argument("slug")
@json_option
@with_app
def tenant_stay(_runtime: Runtime, slug: str, as_json: bool) -> None:
    """撤回注销申请，租户照常使用。"""
    with tenant_session(slug, *_OFFICE) as session:
        take_back(session)
    if as_json:
        echo_json({"slug": slug})
    else:
        click.echo(f"已撤回，租户 {slug} 照常使用。")


@click.command("erase")
@click.argument("slug", required=False)
@click.option("--again", type=TypedPath(exists=True, dir_okay=False), help="恢复旧备份后：按凭据文件再次清除。")
@json_option
@with_app
def tenant_erase(_runtime: Runtime, slug: str | None, again: Path | None, as_json: bool) -> None:
    """清除已申请注销且已到期的租户，不可恢复；审计封存到期满，另留一份凭据。须有维护地址。"""
    if (slug is None) == (again is None):
        raise click.UsageError("请写明要清除的租户，或用 --again 给出凭据文件。")
    stones = [erase(slug, now(), BY_COMMAND)] if again is None else erase_again(_read(again), now(), BY_COMMAND)
    if as_json:
        echo_json([written(stone) for stone in stones])
        return
    for stone in stones:
        click.echo(f"已清除租户 {slug or stone.in_tenant_id}，共 {sum(stone.rows.values())} 行。")
        click.echo(f"审计保存到 {stone.audit_until:%Y-%m-%d}，末端摘要 {stone.head}。核验：zwgk tenant erased --verify")
    if not stones:
        click.echo("凭据所列的租户都不在库中，未作任何更改。")


@click.command("erased")
@click.option("--verify", is_flag=True, help="在数据库的每一张表里重新清点，并核验其审计。")
@click.option("--out", type=TypedPath(dir_okay=False), help="把凭据另存为文件，与备份放在一起。")
@json_option
@with_app
def tenant_erased(_runtime: Runtime, verify: bool, out: Path | None, as_json: bool) -> int:
    """已注销租户的凭据；重新核验其数据确已清除。"""
    stones = list_tombstones()
    if out is not None:
        told = [signed(written(stone)) for stone in stones]
        out.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    proofs = {proof.tombstone.in_tenant_id: proof for proof in prove(now())} if verify else {}
    if as_json:
        echo_json([written(stone) | _proof(proofs.get(stone.in_tenant_id)) for stone in stones])
    else:
        header = ("租户编号", "清除时间", "清除人", "行数", "审计保存到", "核验")
        rows = [
            (
                *(stone.in_tenant_id, shown_time(stone.erased_at), stone.erased_by, sum(stone.rows.values())),
                *(shown_time(stone.audit_until), _verdict(proofs.get(stone.in_tenant_id))),
            )
            for stone in stones
        ]
        echo_table(header, rows)
    return 0 if all(proof.holds for proof in proofs.values()) else 1


def _asked(stdin: bool) -> tuple[str, str]:
    if stdin:
        password, code = (sys.stdin.readline().rstrip("\r\n") for _ in range(2))
        return password, code
    return click.prompt("密码", hide_input=True), click.prompt("验证码")


def _read(path: Path) -> list[dict]:
    with suppress(ValueError, RecursionError):
        said = json.loads(path.read_text("utf-8"))
        if isinstance(said, list) and all(isinstance(one, dict) for one in said):
            return said
    raise click.UsageError(f"“{path}”不是凭据文件，请用 zwgk tenant erased --out 所写的文件。")


def _proof(proof: Proof | None) -> dict[str, object]:
    if proof is None:
        return {}
    faults = [fault.message for fault in proof.faults]
    found = {"left": dict(proof.left), "looked_at": proof.looked_at, "kept": dict(proof.kept), "faults": faults}
    return {"verified": found | {"holds": proof.holds}}


def _verdict(proof: Proof | None) -> str:
    if proof is None:
        return ""
    if proof.holds:
        return f"清点 {proof.looked_at} 处，无残留；审计完好"
    left = [f"{place} 残留 {rows} 行" for place, rows in proof.left.items()]
    return "；".join([*left, *(fault.message for fault in proof.faults)])


def _tell_preview(told: dict, as_json: bool) -> None:
    if as_json:
        echo_json(told)
        return
    rows = [(name, count, "清除") for name, count in told["erased"].items() if count]
    rows += [(name, count, "审计，保存到期满") for name, count in told["kept"].items() if count]
    echo_table(("表", "行数", "处理"), rows)
    for what, logins in (("随之清除的账号", told["accounts"]), ("还用于别处、保留的账号", told["others"])):
        if logins:
            click.echo(f"{what}：{'、'.join(logins)}")
