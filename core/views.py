"""The views of core's rooms, as `core.part` registers them: an import that commands without data do not need."""

from core.people.member_views import members
from core.people.session_views import session, sessions
from core.people.token_views import tokens
from core.plans.views import plans, rows
from core.units.views import units

VIEWS = (session, sessions, members, tokens, units, plans, rows)
