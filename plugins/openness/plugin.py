"""What all agencies share: common task templates, the figures over the whole plan, and the lamps."""

from core.sdk import Agency, LampRule, Plugin
from plugins.openness.metrics import METRICS
from plugins.openness.templates import TEMPLATES

PLUGIN = Plugin(
    agency=Agency(
        name="政务公开通用",
        kind="shared",
        year=None,
        line="各机关共用的任务模板、指标和亮灯规则，随每个租户启用。",
    ),
    task_templates=TEMPLATES,
    metrics=METRICS,
    lamp_rule=LampRule(),
)
