"""What a backup can refuse, each as one sentence."""

from tenants.errors import ZwgkError


class BackupExists(ZwgkError):
    """There is a file of that name."""

    code = "backup_exists"
    sentence = "文件 {path} 已存在，备份不会覆盖任何文件，请另取名称。"


class BackupNotWritten(ZwgkError):
    """The disk is full, the folder is missing or not ours."""

    code = "backup_not_written"
    sentence = "备份未能写入 {path}（{why}），没有留下备份文件。"


class BackupRowTooLong(ZwgkError):
    """A row that no restore would take."""

    code = "backup_row_too_long"
    sentence = "表 {table} 中有一行超过 {most} MB，无法写入租户备份。"
    by_command = "请改用 zwgk backup all。"


class BackupDamaged(ZwgkError):
    """No backup, or one that is not as it was written."""

    code = "backup_damaged"
    sentence = "{path} 不是完整的备份文件（{why}），没有作任何更改。"


class BackupVersion(ZwgkError):
    """Another form of backup, or another schema."""

    code = "backup_version"
    sentence = "备份 {path} 的{what}是 {found}，本版本只认 {wanted}，没有作任何更改。"
    by_command = "办法见 docs/backup.md“版本”。"


class BackupKind(ZwgkError):
    """A backup of everything where one of a tenant is wanted, or the other way round."""

    code = "backup_kind"
    sentence = "{path} 是{found}的备份。"
    by_command = "请用 zwgk restore {kind}。"


class DatabaseNotEmpty(ZwgkError):
    """A restore of everything would write over something."""

    code = "database_not_empty"
    sentence = "数据库里已有 {tables} 张表，只能恢复到空的数据库，没有作任何更改。"
    by_command = "请用 ZWGK_HOME 另选文件夹，或让 DATABASE_URL 指向空库。"


class DatabaseBusy(ZwgkError):
    """Writers never left a gap."""

    code = "database_busy"
    sentence = "数据库一直有人在写，没能衔接编号，没有作任何更改，请稍后重试。"


class ToolFailed(ZwgkError):
    """pg_dump or pg_restore ended with an error."""

    code = "backup_tool_failed"
    sentence = "{tool} 未能完成（{detail}），没有作任何更改。"
