"""What the operations of the HTTP interface ask for: which arguments and fields carry an id, and of what."""

from typing import Any, NamedTuple


class Own(NamedTuple):
    """Stands for an id of this kind that the caller's tenant has."""

    kind: str


# the kind of thing that an argument of an address names
ARGUMENTS = {"plan": "plan", "key": "row", "member": "member", "token": "token", "number": "session"}
ARGUMENTS |= {"round": "round", "link": "link", "returned": "return", "sync": "pass", "corrected": "corrected"}
ARGUMENTS |= {"owner": "conflict", "word": "word"}
ARGUMENTS |= {"file": "file", "job": "job", "task": "task", "unit": "unit", "login": "account"}
# an id of each kind that nobody has
NOBODYS: dict[str, Any] = dict.fromkeys(("round", "link", "return"), 987_654_321)
NOBODYS |= {"pass": "f" * 12, "corrected": "f" * 16, "conflict": "f" * 16, "word": "没教过的词"}
NOBODYS |= {"row": "f" * 16, "account": "nobody.at.all"}
NOBODYS |= dict.fromkeys(("plan", "member", "token", "session", "unit", "file", "job", "task"), 987_654_321)
# fields and query parameters that carry an id or, as lists, several; and those that carry none
IDS = {"units": "unit", "file": "file", "attachments": "file", "with": "plan"}
IDS |= dict.fromkeys(("tasks", "before", "after"), "task")
IDS |= {"files": "file", "unit_id": "unit"}
LISTS = frozenset({"files", "units", "attachments", "tasks"})
NO_IDS = frozenset(
    {
        *("login", "password", "code", "slug", "old", "new", "role", "name", "kind", "members", "aliases", "rights"),
        *("days", "limit", "cursor", "unit", "status", "overdue", "due_from", "due_until", "text", "sort", "title"),
        *("deadline", "quota", "percent", "count", "completed_on", "progress", "evidence", "note", "state"),
        *("by", "confirmed", "sheet", "field", "use", "value", "word", "means", "due", "accepted", "replies"),
        *("year", "superior", "doubtful", "dry_run", "at", "answers", "into", "since"),
        *("values", "plugin", "begin", "end", "actor", "action", "first", "last", "head", "platform_role", "disabled"),
    }
)
# what is sent beside the id
CONTENT: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/rows/{key}"): {"progress": "写入他人的行"},
    ("PUT", "/members/{member}"): {"role": "reviewer"},
    ("POST", "/members"): {"login": "some.body", "name": "某人", "role": "unit_contact"},
    ("POST", "/tokens"): {"name": "程序", "rights": ["progress.report"]},
    ("POST", "/plans"): {"file": Own("file")},
    ("POST", "/drafts"): {"file": Own("file")},
    ("POST", "/plans/{plan}/syncs"): {"file": Own("file")},
    ("POST", "/plans/{plan}/adoptions"): {"file": Own("file")},
    ("POST", "/rounds/{round}/returns"): {"files": [Own("file")]},
    ("POST", "/rounds/{round}/divisions"): {"file": Own("file")},
    ("POST", "/rounds/{round}/links"): {"unit_id": Own("unit")},
    ("POST", "/conflicts/{owner}/settle"): {"field": "note", "use": "database"},
    ("POST", "/corrections/{corrected}/restore"): {"field": "status"},
    ("POST", "/plans/{plan}/comparison"): {"file": Own("file")},
    ("GET", "/plans/{plan}/comparison"): {"with": Own("plan")},
    ("POST", "/plans/{plan}/answers"): {"answers": [{"key": "*", "value": "new"}]},
    ("POST", "/tasks/{task}/split"): {"at": "编制并公布", "dry_run": True},
    ("POST", "/tasks/{task}/merge"): {"tasks": [Own("task")], "dry_run": True},
    ("POST", "/units/changes"): {"into": ["合并处"], "since": "2024-03-01"},
    ("POST", "/units/imports"): {"dry_run": True},
    ("PATCH", "/units/{unit}"): {"aliases": ["别处"]},
    ("PUT", "/accounts/{login}/state"): {"disabled": True},
    ("PUT", "/accounts/{login}/password"): {"password": "Lantern-47-harbour"},
}
# operations without an id: what they are about is the caller's own
WITHOUT = {
    *(("GET", path) for path in ("/plans", "/units", "/members", "/tokens", "/session", "/sessions", "/jobs")),
    *(("POST", path) for path in ("/units", "/session", "/session/second-factor", "/files", "/units/undo")),
    *(("GET", path) for path in ("/tenant", "/templates", "/settings", "/audit", "/tenants", "/plugins", "/accounts")),
    *(("POST", path) for path in ("/audit/verification", "/audit/export", "/tenants", "/accounts")),
    *((method, "/words") for method in ("GET", "POST")),
    ("POST", "/returns"),
    ("PATCH", "/settings"),
    *(("PUT", f"/session/{what}") for what in ("tenant", "code", "password", "second-factor")),
    ("DELETE", "/session"),
}
