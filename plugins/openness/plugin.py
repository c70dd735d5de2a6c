"""What all agencies share: common task templates, the figures over the whole plan, and the lamps."""

from collections.abc import Sequence

from core.sdk import Agency, LampRule, Metric, TaskTemplate, hookimpl
from plugins.openness.metrics import METRICS
from plugins.openness.templates import TEMPLATES


@hookimpl
def agency() -> Agency:
    """No agency of its own."""
    return Agency(
        name="政务公开通用",
        kind="shared",
        year=None,
        line="各机关共用的任务模板、指标和亮灯规则，随每个租户启用。",
    )


@hookimpl
def task_templates() -> Sequence[TaskTemplate]:
    """Tasks that most documents ask for."""
    return TEMPLATES


@hookimpl
def metrics() -> Sequence[Metric]:
    """Figures over the whole plan, and 培训 and 听取汇报 where the document binds each unit."""
    return METRICS


@hookimpl
def lamp_rule() -> LampRule:
    """The common measure; an agency or a tenant may set its own."""
    return LampRule()
