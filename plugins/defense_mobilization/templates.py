"""Kinds of tasks that only this agency has, or has by a stricter rule."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="defense_mobilization.secrecy_gate",
        title="国家秘密、工作秘密和敏感信息审查",
        keywords=("国家秘密+工作秘密+敏感信息",),
        evidence=("保密审查单", "审查人和日期"),
        limit="任何公开步骤之前",
    ),
    TaskTemplate(
        key="defense_mobilization.message_replies",
        title="留言与网上咨询限时答复",
        keywords=("留言+工作日", "网上咨询+工作日"),
        evidence=("留言时间、答复时间、答复单位、答复内容",),
    ),
    TaskTemplate(
        key="defense_mobilization.document_filing",
        title="非密公文全量备案与历史公文转化",
        keywords=("公文+全量备案", "历史公文+转化"),
        evidence=("备案清单", "属性认定清单", "转为主动公开的清单"),
    ),
    TaskTemplate(
        key="defense_mobilization.delta_integration",
        title="长三角人防一体化",
        keywords=("长三角+一体化",),
        evidence=("公开链接",),
    ),
    TaskTemplate(
        key="defense_mobilization.business_environment",
        title="优化营商环境举措",
        keywords=("营商环境+举措",),
        evidence=("举措清单", "公开链接"),
    ),
    TaskTemplate(
        key="defense_mobilization.organisation_changes",
        title="机构、职能和人事变动公开",
        keywords=("机构改革", "人事变动"),
        evidence=("公开链接", "变动日期"),
    ),
    TaskTemplate(
        key="defense_mobilization.offline_push",
        title="政策进社区园区与订阅",
        keywords=("进社(园)区", "政策+订阅"),
        evidence=("活动场次", "订阅人数"),
    ),
    TaskTemplate(
        key="defense_mobilization.open_month",
        title="市区联动的政府开放月",
        keywords=("开放月+市区", "开放月+标识"),
        evidence=("市区联动方案", "现场标识照片"),
    ),
    TaskTemplate(
        key="defense_mobilization.new_media",
        title="新媒体原创与稿源互通",
        keywords=("原创比例", "稿源互通"),
        evidence=("原创篇数", "互通稿件数"),
    ),
    TaskTemplate(
        key="defense_mobilization.performance_weight",
        title="绩效考核分值权重",
        keywords=("分值权重", "绩效考核"),
        evidence=("考核指标文本",),
    ),
)
