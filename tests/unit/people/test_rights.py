"""Roles and rights: what adds up, what is narrowed, and that nobody gets more by it."""

import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from tenants.people.rights import MEANINGS, PLATFORM_ROLES, ROLES, TENANT_RIGHTS, Right, given, narrowed, within

UNITS = st.none() | st.frozensets(st.integers(1, 4), min_size=1)
HELD = st.lists(st.tuples(st.frozensets(st.sampled_from(sorted(Right)[:5])), UNITS), max_size=4)
PLATFORM = {right for right in Right if right.startswith("platform.")}


def pairs(grants):
    """Every (right, unit) that somebody has, out of the units 1 to 5: what grants mean, said the long way."""
    return {(right, unit) for right, units in grants.items() for unit in range(1, 6) if units is None or unit in units}


def test_every_right_is_explained_and_somebodys():
    held = frozenset().union(*(role.rights for role in (*ROLES.values(), *PLATFORM_ROLES.values())))
    assert set(MEANINGS) == set(Right) == held
    assert len(set(MEANINGS.values())) == len(Right)


def test_the_rights_of_a_tenant_and_of_the_operator_are_apart():
    assert set(TENANT_RIGHTS) == set(Right) - PLATFORM


def test_the_three_administrators_have_nothing_in_common():
    roles = list(PLATFORM_ROLES.values())
    assert sum(len(role.rights) for role in roles) == len(frozenset().union(*(role.rights for role in roles)))


@pytest.mark.parametrize("role", ["reviewer"])
def test_who_only_looks_changes_nothing(role):
    assert {right.rpartition(".")[2] for right in ROLES[role].rights} == {"read", "export"}


@pytest.mark.parametrize("role", ["unit_contact", "guest"])
def test_who_is_bound_has_nothing_that_is_everybodys(role):
    changing = {"change", "send", "sync", "issue"}
    assert ROLES[role].bound
    assert not {right for right in ROLES[role].rights if right.rpartition(".")[2] in changing}


def test_a_guest_may_less_than_a_contact_and_the_office_less_than_the_administrator():
    assert ROLES["guest"].rights < ROLES["unit_contact"].rights < ROLES["office"].rights < ROLES["tenant_admin"].rights


@given_by(HELD)
def test_sets_of_rights_add_up(held):
    assert pairs(given(held)) == set().union(*(pairs(given([one])) for one in held))


@given_by(HELD, HELD)
def test_narrowed_is_what_both_have(one, other):
    grants, to = given(one), given(other)
    assert pairs(narrowed(grants, to)) == pairs(grants) & pairs(to)


@given_by(HELD, HELD)
def test_nobody_passes_on_what_he_has_not(one, other):
    asked, held = given(one), given(other)
    assert within(asked, held) == all(
        right in held and (held[right] is None or (units is not None and units <= held[right]))
        for right, units in asked.items()
    )
