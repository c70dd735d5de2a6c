"""Long work of leaving: writing everything of a tenant out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.jobs.kinds import Kind
from core.jobs.work import Work
from core.leaving.exporting import export_open
from core.runtime import china_today
from tenants.errors import ZwgkError
from tenants.people.rights import Right

EXPORT = "tenant.export"
LARGEST = 170 * 2**20
"""Bytes of an export that the database keeps for fetching; a larger one is written on the machine. In base64 it is less
than the longest line of a backup (`core.backup.archive.LONGEST_LINE`)."""


class ExportTooLarge(ZwgkError):
    """More than is kept to be fetched."""

    code = "export_too_large"
    sentence = "导出文件有 {size} MB，超过 {most} MB，不能在线下载，请联系平台运维人员用命令行导出。"
    by_command = "（zwgk tenant export）"


def export(work: Work) -> Mapping[str, Any]:
    """The result names the file, and the digest of its manifest."""
    scope = work.session.scope
    with TemporaryDirectory() as folder:
        out = Path(folder) / "export.zip"
        manifest, digest = export_open(
            scope.tenant_id,
            out,
            datetime.now(UTC),
            china_today(),
            (scope.actor, scope.via, scope.address),
            lambda name, count: work.progress(f"正在导出 {name}", count),
        )
        size = out.stat().st_size
        if size > LARGEST:
            raise ExportTooLarge(size=size // 2**20, most=LARGEST // 2**20)
        kept = work.keep("全部数据.zip", out.read_bytes())
    return {"file": kept.id, "manifest": digest, "members": len(manifest.members)}


KINDS = (Kind(EXPORT, "导出全部数据", export, Right.TENANT_LEAVE, private=True, changes=False),)
