"""The views of the bridge, as `bridges.part` registers them: an import that commands do not need."""

from bridges.web.link_views import links, returns
from bridges.web.round_views import corrections, plan_rounds, rounds
from bridges.web.sheet_views import conflicts, sheets, syncs, words

VIEWS = (sheets, syncs, conflicts, words, plan_rounds, rounds, corrections, links, returns)
