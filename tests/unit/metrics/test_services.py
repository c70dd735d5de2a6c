from core.metrics.facts import Metric, MetricValue
from core.metrics.schemas import FigureSchema
from core.metrics.services import metrics_of
from plugins.openness.measures import on_time_metric
from tests.support.plan_facts import facts, row


def broken(_facts):
    raise ZeroDivisionError("division by zero")


BROKEN = Metric("demo.broken", "坏指标", "", "", "%", broken)
NONSENSE = Metric("demo.nonsense", "不是数", "", "", "%", lambda _facts: 7)


def test_a_metric_that_fails_is_named_and_the_others_stand(caplog):
    good = on_time_metric("demo.good", "按时完成率")
    figures = metrics_of(facts(row()), [BROKEN, good, NONSENSE])
    assert [(f.metric.key, f.error) for f in figures] == [
        ("demo.broken", "ZeroDivisionError: division by zero"),
        ("demo.good", ""),
        ("demo.nonsense", "TypeError: gave 7, not MetricValue"),
    ]
    assert figures[0].value == MetricValue(None, note="计算出错")
    assert "metric demo.broken failed" in caplog.text


def test_json_of_a_figure():
    due = row(due_on=facts().today.replace(month=1), status="in_progress")
    metric = on_time_metric("demo.on_time", "按时完成率")
    assert FigureSchema(many=True).dump(metrics_of(facts(due), [metric])) == [
        {
            "key": "demo.on_time",
            "title": "按时完成率",
            "formula": metric.formula,
            "target": "100%",
            "unit": "%",
            "template": "",
            "value": 0.0,
            "numerator": 0.0,
            "denominator": 1.0,
            "numerator_rows": [],
            "denominator_rows": [due.key],
            "met": False,
            "note": "",
            "error": "",
        }
    ]
