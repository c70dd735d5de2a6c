"""`zwgk plan rules` and `zwgk plugin show`: an agency's declarations, and a plan held against them."""

import pytest

from core.app import DEFAULT_PLUGINS

DOCUMENT = """2024年示例区政务公开工作要点
一、公众参与
(一)扩大公众列席。区政府年内邀请公众代表列席常务会议不少于3次,各单位年内邀请公众代表列席本单位会议不少于1次。(责任单位:区政府办公室、马陆镇)
(二)编好决策事项目录。编制重大行政决策事项目录并公布。(责任单位:区政府办公室)
(三)决策公开。决策出台后的10个工作日内公开采纳情况。(责任单位:区政府办公室)
"""


def test_a_plan_against_its_agencys_rules(cli, add_tenant, tmp_path):
    add_tenant("quxian", plugin="jiading")
    (tmp_path / "要点.txt").write_text(DOCUMENT, encoding="utf-8")
    cli.ok("plan", "import", "--tenant", "quxian", tmp_path / "要点.txt")
    found = {row["rule"]: row["state"] for row in cli.json("plan", "rules", "--tenant", "quxian")}
    assert found == {
        "jiading.district_attendance": "other",
        "jiading.unit_attendance": "said",
        "jiading.training": "no_task",
        "jiading.hearing": "no_task",
        "jiading.decision_catalogue": "silent",
        "jiading.open_month": "no_task",
        "jiading.opinion_limit": "said",
    }
    # the office writes the day into the sheet: then the plan says it
    rows = {row["no"]: row["row"] for row in cli.json("plan", "show", "--tenant", "quxian")["rows"]}
    cli.ok("task", "set", rows["一(二)"], "deadline=3月底前", "--tenant", "quxian")
    states = {row["rule"]: row["state"] for row in cli.json("plan", "rules", "--tenant", "quxian")}
    assert states["jiading.decision_catalogue"] == "said"


@pytest.mark.parametrize("key", [dotted.split(".")[1] for dotted in DEFAULT_PLUGINS])
def test_what_a_plugin_brings(cli, key):
    shown = cli.json("plugin", "show", key)
    assert shown["key"] == key
    assert all(template["key"].startswith(f"{key}.") for template in shown["templates"])
    text = cli.ok("plugin", "show", key)
    assert text.startswith(f"{shown['name']}（{key}）：")
    assert all(rule["asks"] in text for rule in shown["rules"])


def test_no_such_plugin(cli):
    assert "错误（plugin_unknown）" in cli("plugin", "show", "nobody").err
