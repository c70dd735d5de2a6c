"""What the operations of the HTTP interface ask for: which arguments and fields carry an id, and of what."""

from typing import Any, NamedTuple


class Own(NamedTuple):
    """Stands for an id of this kind that the caller's tenant has."""

    kind: str


# the kind of thing that an argument of an address names
ARGUMENTS = {"plan": "plan", "key": "row", "member": "member", "token": "token", "number": "session"}
ARGUMENTS |= {"round": "round", "link": "link", "returned": "return", "sync": "pass", "corrected": "corrected"}
ARGUMENTS |= {"reply": "reply", "owner": "conflict", "word": "word", "identity": "identity"}
ARGUMENTS |= {"tenant": "tenant", "slug": "tenant", "reference": "application"}
ARGUMENTS |= {"file": "file", "job": "job", "task": "task", "unit": "unit", "login": "account"}
ARGUMENTS |= {"webhook": "webhook", "delivery": "delivery"}
# an id of each kind that nobody has
NOBODYS: dict[str, Any] = dict.fromkeys(("round", "link", "return", "reply"), 987_654_321)
NOBODYS |= {"pass": "f" * 12, "corrected": "f" * 16, "conflict": "f" * 16, "word": "没教过的词"}
NOBODYS |= {"tenant": "nobody-at-all", "application": "2" * 10}
NOBODYS |= {"row": "f" * 16, "account": "nobody.at.all"}
NOBODYS |= dict.fromkeys(("plan", "member", "token", "session", "unit", "file", "job", "task"), 987_654_321)
NOBODYS |= {"identity": 987_654_321}
NOBODYS |= dict.fromkeys(("webhook", "delivery"), 987_654_321)
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
        *("iss", "issuer", "client_id", "client_secret", "second_factor", "passwords", "subject"),
        *("secret", "reference", "contact", "reach", "reason", "plugins", "same_person", "enabled"),
        *("address", "events", "active"),
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
    ("POST", "/webhooks"): {"address": "https://receiver.example.org/", "events": ["plan.confirmed"]},
    ("PATCH", "/webhooks/{webhook}"): {"active": True},
    ("POST", "/webhooks/{webhook}/resend"): {"since": "2024-01-01T00:00:00+08:00"},
    ("PUT", "/accounts/{login}/state"): {"disabled": True},
    ("PUT", "/tenants/{tenant}/plugins"): {"plugin": "jiading", "enabled": True},
    ("POST", "/tenants/{tenant}/erasure"): {"slug": "b"},
    ("POST", "/applications/{reference}/approval"): {"slug": "x", "plugins": ["jiading"]},
    ("POST", "/applications/{reference}/refusal"): {"reason": "不符"},
    ("PUT", "/accounts/{login}/password"): {"password": "Lantern-47-harbour"},
}
# operations without an id: what they are about is the caller's own, or, by a short name that is no secret, signing in
WITHOUT = {
    *(("GET", path) for path in ("/plans", "/units", "/members", "/tokens", "/session", "/sessions", "/jobs")),
    *(("POST", path) for path in ("/units", "/session", "/session/second-factor", "/files", "/units/undo")),
    *(("GET", path) for path in ("/tenant", "/templates", "/settings", "/audit", "/tenants", "/plugins", "/accounts")),
    *(("POST", path) for path in ("/audit/verification", "/audit/export", "/tenants", "/accounts")),
    *((method, path) for method in ("GET", "POST") for path in ("/words", "/webhooks")),
    *(("GET", "/platform/audit"), ("POST", "/platform/audit/verification")),
    ("POST", "/returns"),
    ("PATCH", "/settings"),
    *(("GET", path) for path in ("/applications", "/tombstones", "/tenant/onboarding")),
    *(("POST", path) for path in ("/applications", "/applications/state", "/invitation", "/tenant/export")),
    *((method, "/tenant/leaving") for method in ("GET", "POST", "DELETE")),
    *(("PUT", f"/session/{what}") for what in ("tenant", "code", "password", "second-factor")),
    ("DELETE", "/session"),
    *(("POST", f"/session/oidc{what}") for what in ("", "/link")),
    *(("GET", "/session/oidc/callback/{slug}"), ("DELETE", "/session/oidc/link")),
    *((method, "/provider") for method in ("GET", "PUT", "DELETE")),
    *(("POST", "/provider/trial"), ("GET", "/identities"), ("POST", "/identities")),
}
