"""What a tenant's settings say of lamps, over what its plugins say."""

import pytest

from core.app import DEFAULT_PLUGINS
from core.plugin_manager import PluginManager
from core.tenancy import SettingsInvalid, lamp_rule_of
from tenants.models import Tenant


def rule(settings):
    plugins = PluginManager.load(DEFAULT_PLUGINS, entry_points=False)
    return lamp_rule_of(plugins, Tenant(slug="t", name="示例机关", plugins=["jiading"]), settings)


def test_settings_win_over_plugins():
    assert rule({}).near == "黄"
    assert rule({"lamps.near": "蓝"}).near == "蓝"


@pytest.mark.parametrize("lamps", [{"lamps.purple": "紫"}, {"lamps.near_days": "三"}])
def test_wrong_settings_are_refused_by_name(lamps):
    with pytest.raises(SettingsInvalid) as caught:
        rule(lamps)
    assert "“t”的设置 lamps" in caught.value.message
