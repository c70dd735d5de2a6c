"""The views of core's rooms, as `core.part` registers them: an import that commands without data do not need."""

from core.audit.views import audit
from core.files.views import files
from core.jobs.views import jobs
from core.people.account_views import accounts
from core.people.member_views import members
from core.people.session_views import session, sessions
from core.people.token_views import tokens
from core.plans.checking_views import checking
from core.plans.draft_views import drafts, tasks
from core.plans.views import plans, rows
from core.tenant.platform_views import platform
from core.tenant.views import tenant
from core.units.views import units

VIEWS = (
    *(session, sessions, members, tokens, tenant, audit),
    *(units, plans, rows, drafts, tasks, checking, files, jobs),
    *(platform, accounts),
)
