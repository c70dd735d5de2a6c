"""Metrics of a real plan: a document in, templates matched, figures out, down to the rows behind them."""

import pytest

from core.app import DEFAULT_PLUGINS

DOCUMENT = """2024年示例区政务公开工作要点
一、公众参与
(一)扩大公众列席。邀请公众代表列席会议,区政府年内邀请公众代表列席常务会议不少于4次,各单位年内邀请公众代表列席本单位会议不少于1次。(责任单位:区政府办公室、马陆镇、江桥镇)
(二)编好决策事项目录。编制重大行政决策事项目录,于3月31日前公布。决策出台后的10个工作日内公开意见采纳情况。(责任单位:区政府办公室)
二、保障
(一)开展培训。各单位每年至少开展1次政务公开专题培训。(责任单位:区政府办公室、马陆镇)
"""


@pytest.fixture
def figures(cli, add_tenant, tmp_path):
    """Imports the document for a district, and answers `figures()`: key → figure."""
    tenant = add_tenant("quxian", plugin="jiading")
    source = tmp_path / "要点.txt"
    source.write_text(DOCUMENT, encoding="utf-8")
    cli.ok("plan", "import", "--tenant", tenant, source)

    def read():
        return {figure["key"]: figure for figure in cli.json("metrics", "--tenant", tenant)}

    return read


@pytest.fixture
def rows(cli, figures):
    """(task number, unit) → row key."""
    shown = cli.json("plan", "show", "--tenant", "quxian")
    return {(row["no"], row["unit"]): row["row"] for row in shown["rows"]}


@pytest.mark.parametrize("dotted", DEFAULT_PLUGINS)
def test_every_plugin_onboards_a_tenant(add_tenant, cli, dotted):
    key = dotted.split(".")[1]
    add_tenant("tenant", plugin=key)
    names = {unit["name"] for unit in cli.json("unit", "list", "--tenant", "tenant")}
    assert ("区教育局" in names) is (key == "jiading")


def test_figures_before_anybody_reported(figures):
    found = figures()
    assert found["openness.reporting_rate"]["value"] == 0
    assert found["openness.assigned_rate"]["value"] == 100
    assert found["openness.overdue_tasks"]["value"] == 1  # the catalogue, due on 31 March
    assert found["jiading.opinion_limit"]["value"] == 1
    assert found["jiading.unit_attendance"]["note"] == "未达到：马陆镇（0/1）、江桥镇（0/1）"


def test_figures_follow_what_is_reported(cli, figures, rows):
    office, town = rows["一(一)", "区政府办公室"], rows["一(一)", "马陆镇"]
    for row, *edits in (
        (office, "count=3"),
        (town, "count=1"),
        (rows["一(二)", "区政府办公室"], "status=已完成", "completed_on=2024-03-29"),
    ):
        cli.ok("task", "set", row, *edits, "--tenant", "quxian")
    found = figures()
    own, each = found["jiading.district_attendance"], found["jiading.unit_attendance"]
    assert (own["value"], own["denominator"], own["met"], own["numerator_rows"]) == (3, 4, False, [office])
    assert (each["value"], each["numerator_rows"], each["note"]) == (50, [town], "未达到：江桥镇（0/1）")
    assert found["jiading.decision_catalogue"]["met"] is True
    assert found["openness.overdue_tasks"]["value"] == 0
    assert found["openness.training_reached"]["denominator"] == 2
