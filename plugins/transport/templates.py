"""Kinds of tasks that only this agency has."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="transport.topic_library",
        title="集成式政策主题库",
        keywords=("集成式发布", "主题库"),
        evidence=("主题清单", "巡检和补缺记录"),
    ),
    TaskTemplate(
        key="transport.push_channels",
        title="四类推送",
        keywords=("四类推送", "企业专属空间+短消息"),
        evidence=("各类渠道推送次数", "推送日期"),
    ),
    TaskTemplate(
        key="transport.message_follow_up",
        title="留言转化为问题清单与专题调查",
        keywords=("留言+专题调查", "常见问题+留言板"),
        evidence=("常见问题清单", "专题调查记录"),
    ),
    TaskTemplate(
        key="transport.forwarded_messages",
        title="中国政府网转办留言",
        keywords=("转办留言",),
        evidence=("转办单", "办结日期"),
        limit="按转办单写明的办理时限",
    ),
    TaskTemplate(
        key="transport.delegate_opinions",
        title="列席代表意见跟踪督办",
        keywords=("列席代表意见",),
        evidence=("意见建议清单", "反馈记录"),
    ),
    TaskTemplate(
        key="transport.fund_columns",
        title="专项资金专栏",
        keywords=("专项资金+专栏", "专项资金管理"),
        evidence=("专栏链接", "资金分配使用情况"),
    ),
    TaskTemplate(
        key="transport.key_projects",
        title="实事项目与重大保障任务",
        keywords=("为民办实事", "进博会+保障"),
        evidence=("立项和推进情况链接",),
    ),
    TaskTemplate(
        key="transport.litigation_reports",
        title="复议诉讼报备与通报",
        keywords=("复议诉讼", "诉讼案件+报备"),
        evidence=("报备记录", "情况通报"),
    ),
)
