"""The acts that the audit knows: a stable English code and its Chinese name."""

from enum import StrEnum


class Action(StrEnum):
    """One kind of act; the code never changes, for it stands in sealed rows. `shown`: its Chinese name."""

    shown: str

    def __new__(cls, code: str, shown: str) -> "Action":
        member = str.__new__(cls, code)
        member._value_ = code
        member.shown = shown
        return member

    # people
    SIGN_IN = "sign_in", "登录"
    SIGN_OUT = "sign_out", "退出登录"
    SECOND_FACTOR = "second_factor", "验证第二因素"
    SECOND_FACTOR_SET = "second_factor_set", "设置第二因素"
    SECOND_FACTOR_RESET = "second_factor_reset", "取消第二因素"
    RECOVERY_CODES = "recovery_codes", "重发恢复码"
    TENANT_CHOSEN = "tenant_chosen", "进入租户"
    SESSION_ENDED = "session_ended", "结束会话"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_RESET = "password_reset", "重置密码"
    ACCOUNT_ADDED = "account_added", "新增账号"
    ACCOUNT_DISABLED = "account_disabled", "停用账号"
    ACCOUNT_ENABLED = "account_enabled", "启用账号"
    ACCOUNT_LOCKED = "account_locked", "锁定账号"
    ACCOUNT_UNLOCKED = "account_unlocked", "解锁账号"
    PLATFORM_ROLE = "platform_role", "授予平台角色"
    MEMBER_ADDED = "member_added", "授予角色"
    MEMBER_CHANGED = "member_changed", "修改角色"
    MEMBER_REMOVED = "member_removed", "收回角色"
    TOKEN_MADE = "token_made", "签发令牌"
    TOKEN_REVOKED = "token_revoked", "吊销令牌"
    LINK_MADE = "link_made", "签发上传链接"
    LINK_REVOKED = "link_revoked", "吊销上传链接"
    ACCESS = "access", "访问"
    # the platform
    CROSS_TENANT = "cross_tenant", "跨租户操作"
    TENANT_ADDED = "tenant_added", "开通租户"
    TENANT_BACKED_UP = "tenant_backed_up", "备份租户"
    TENANT_RESTORED = "tenant_restored", "恢复租户"
    ALL_RESTORED = "all_restored", "恢复全部数据"
    # plans and sheets
    CHANGED = "changed", "修改字段"
    PLAN_IMPORTED = "plan_imported", "导入要点"
    PLAN_CONFIRMED = "plan_confirmed", "确认要点"
    SHEET_EXPORTED = "sheet_exported", "导出表格"
    SHEET_ADOPTED = "sheet_adopted", "接管表格"
    SHEET_SYNCED = "sheet_synced", "同步表格"
    SHEET_CHANGED_BACK = "sheet_changed_back", "撤销同步或处理冲突"
    ROUND_SENT = "round_sent", "下发"
    ROUND_COLLECTED = "round_collected", "回收汇总"
    FILE_UPLOADED = "file_uploaded", "上传文件"
    FILE_DOWNLOADED = "file_downloaded", "下载文件"
    FILE_REMOVED = "file_removed", "删除文件"
    # the audit itself
    AUDIT_READ = "audit_read", "查看审计"
    AUDIT_VERIFIED = "audit_verified", "核验审计"
    AUDIT_EXPORTED = "audit_exported", "导出审计"
    AUDIT_PRUNED = "audit_pruned", "清理到期审计"


_CODES = frozenset(Action)


def shown(code: str) -> str:
    """The Chinese name of a code; the code itself where a newer version wrote it."""
    return Action(code).shown if code in _CODES else code
