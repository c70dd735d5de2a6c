"""The views of core's rooms, as `core.part` registers them: an import that commands without data do not need."""

from core.audit.views import audit, platform_audit
from core.files.views import files
from core.jobs.views import jobs
from core.leaving.views import leaving
from core.onboarding.views import applications, onboarding
from core.people.account_views import accounts
from core.people.elsewhere_views import elsewhere
from core.people.member_views import members
from core.people.provider_views import identities, provider
from core.people.session_views import session, sessions
from core.people.token_views import tokens
from core.plans.checking_views import checking
from core.plans.draft_views import drafts, tasks
from core.plans.views import plans, rows
from core.tenant.platform_views import platform
from core.tenant.views import tenant
from core.units.views import units
from core.webhooks.views import deliveries, webhooks

VIEWS = (
    *(session, sessions, elsewhere, members, provider, identities, tokens, tenant, audit),
    *(units, plans, rows, drafts, tasks, checking, files, jobs),
    *(webhooks, deliveries),
    *(platform, platform_audit, accounts, applications, onboarding, leaving),
)
