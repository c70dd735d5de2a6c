"""docs/people.md has the roles, the rights and the settings of the code."""

import pytest

from core.commands.account import mark
from core.settings import SETTINGS
from tenants.people.policy import NUMBERS, SECURITY
from tenants.people.rights import MEANINGS, PLATFORM_ROLES, ROLES, Right
from tests.docs.pages import read

PAGE = read("docs/people.md")


@pytest.mark.parametrize(("heading", "roles"), [("角色", ROLES), ("平台角色", PLATFORM_ROLES)])
def test_the_tables_of_roles(heading, roles):
    rows = [(f"`{right}`", MEANINGS[right], *(mark(role, right) for role in roles.values())) for right in Right]
    assert [tuple(row) for row in PAGE.table(heading)] == [row for row in rows if any(row[2:])]
    header = " | ".join(f"{role.name} `{key}`" for key, role in roles.items())
    assert f"| 权限 | 含义 | {header} |" in PAGE.text


def test_the_table_of_settings():
    described = {name.strip("`"): tuple(cells) for name, *cells in PAGE.table("安全设置")}
    assert described == {
        name: (one.meaning, *_values(name.removeprefix(SECURITY), one.default))
        for name, one in SETTINGS.items()
        if name.startswith(SECURITY)
    }


def _values(name, default):
    if name in NUMBERS:
        return str(default), f"{NUMBERS[name].low}–{NUMBERS[name].high}"
    return "是" if default else "否", "是、否"
