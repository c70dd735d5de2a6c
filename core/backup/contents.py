"""What is in a tenant's backup: read whole before anything is done by it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from core.backup.archive import Archive, Member
from core.backup.errors import BackupKind, BackupVersion
from core.backup.exporting import ACCOUNTS, member_of
from core.backup.numbers import Highest
from core.backup.tables import carried, columns
from core.migrate import head
from tenants.audit.numbering import NUMBERS

LARGEST = 2**53
"""Ids and numbers of transactions are below this: what comes after a number in a file must not be used up by it."""
_NUMBERS = {(number.class_.__tablename__, number.key) for number in NUMBERS}


@dataclass(frozen=True)
class Source:
    """The tenant as it was: `seals` and `head` of its audit, `accounts` as (id, login, name), rows by table."""

    slug: str
    name: str
    plugins: tuple[str, ...]
    at: str
    seals: int
    head: str
    accounts: tuple[tuple[int, str, str], ...]
    rows: dict[str, int]
    highest: Highest


def check_kind(archive: Archive, kind: str) -> None:
    """Raises `BackupKind`, and `BackupDamaged` for what is no backup but an export."""
    if archive.manifest.kind != kind:
        if archive.manifest.kind == "export":
            raise archive.damaged("是供带走的全部数据导出；要恢复，请用 zwgk backup 所写的备份")
        is_all = archive.manifest.kind == "all"
        raise BackupKind(path=archive.path, found="全部数据" if is_all else "一个租户", kind=archive.manifest.kind)


def read_source(archive: Archive) -> Source:
    """Read a backup of a tenant, every line of it. Raises `BackupKind`, `BackupVersion`, `BackupDamaged`."""
    check_kind(archive, "tenant")
    manifest = archive.manifest
    if manifest.schema != head():
        raise BackupVersion(path=archive.path, what="数据库结构", found=manifest.schema, wanted=head())
    tables = carried()
    if [member.name for member in manifest.members] != [ACCOUNTS, *(member_of(table.name) for table in tables)]:
        raise archive.damaged("其中的表与本版本不同")
    accounts, *members = manifest.members
    people = tuple(_person(archive, said) for said in _objects(archive, accounts, ("id", "login", "name")))
    ids, number = {}, 0
    for table, member in zip(tables, members, strict=True):
        names = [column.name for column in columns(table)]
        numbers = [name for name in names if (table.name, name) in _NUMBERS]
        ids[table.name] = 0
        for said in _objects(archive, member, names):
            ids[table.name] = _number(archive, member, said, "id", above=ids[table.name])
            number = max([number, *(_number(archive, member, said, name) for name in numbers)])
    rows = {table.name: member.rows or 0 for table, member in zip(tables, members, strict=True)}
    try:
        tenant, audit = manifest.about["tenant"], manifest.about["audit"]
        told = str(tenant["slug"]), str(tenant["name"]), tuple(map(str, tenant["plugins"])), manifest.at
        return Source(*told, int(audit["seals"]), str(audit["head"]), people, rows, Highest(ids, number))
    except (KeyError, TypeError, ValueError):
        raise archive.damaged("清单不全") from None


def _objects(archive: Archive, member: Member, names: Collection[str]) -> Iterator[dict[str, Any]]:
    known, rows = set(names), 0
    for line in archive.lines(member):
        try:
            said = orjson.loads(line) if line.endswith(b"\n") else None
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or not said.keys() <= known:
            raise archive.damaged(f"{member.name} 第 {rows + 1} 行不是一行记录")
        rows += 1
        yield said
    if rows != member.rows:
        raise archive.damaged(f"{member.name} 的行数与清单不符")


def _number(archive: Archive, member: Member, said: dict[str, Any], name: str, above: int = -1) -> int:
    number = said.get(name)
    if type(number) is not int or not above < number < LARGEST:
        raise archive.damaged(f"{member.name} 中的 {name} 不合要求")
    return number


def _person(archive: Archive, said: dict[str, Any]) -> tuple[int, str, str]:
    match said:
        case {"id": int(number), "login": str(login), "name": str(name)}:
            return number, login, name
    raise archive.damaged(f"{ACCOUNTS} 中的账号不全")
