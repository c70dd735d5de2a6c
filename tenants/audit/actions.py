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
    TENANT_CHOSEN = "tenant_chosen", "进入租户"
    SESSION_ENDED = "session_ended", "结束会话"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_RESET = "password_reset", "重置密码"
    ACCOUNT_ADDED = "account_added", "新增账号"
    ACCOUNT_DISABLED = "account_disabled", "停用账号"
    ACCOUNT_ENABLED = "account_enabled", "启用账号"
    ACCESS = "access", "访问"
    # the platform
    CROSS_TENANT = "cross_tenant", "跨租户操作"
    TENANT_APPLIED = "tenant_applied", "申请入驻"
    APPLICATION_APPROVED = "application_approved", "批准入驻"
    APPLICATION_REFUSED = "application_refused", "拒绝入驻"
    APPLICATION_LINK = "application_link", "发放管理员链接"
    APPLICATION_OPENED = "application_opened", "管理员首次设置密码"
    TENANT_ADDED = "tenant_added", "开通租户"
    TENANT_LEAVING = "tenant_leaving", "申请注销租户"
    TENANT_STAYING = "tenant_staying", "撤回注销租户"
    TENANT_EXPORTED = "tenant_exported", "导出租户全部数据"
    TENANT_ERASING = "tenant_erasing", "开始清除租户数据"
    TENANT_ERASED = "tenant_erased", "清除租户数据"
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
    WEBHOOK_ADDED = "webhook_added", "设置事件推送"
    WEBHOOK_CHANGED = "webhook_changed", "修改事件推送"
    WEBHOOK_SECRET = "webhook_secret", "更换推送密钥"
    WEBHOOK_REMOVED = "webhook_removed", "删除事件推送"
    WEBHOOK_OFF = "webhook_off", "连续失败，停用事件推送"
    WEBHOOK_RESENT = "webhook_resent", "补发推送"
    JOB_CANCELLED = "job_cancelled", "取消后台任务"
    JOB_FAILED = "job_failed", "后台任务未完成"
    # the audit itself
    AUDIT_READ = "audit_read", "查看审计"
    AUDIT_VERIFIED = "audit_verified", "核验审计"
    AUDIT_EXPORTED = "audit_exported", "导出审计"
    AUDIT_PRUNED = "audit_pruned", "清理到期审计"


_CODES = frozenset(Action)


def shown(code: str) -> str:
    """The Chinese name of a code; the code itself where a newer version wrote it."""
    return Action(code).shown if code in _CODES else code
