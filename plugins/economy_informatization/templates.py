"""Kinds of tasks of the plan, and of the table of key fields (重点公开领域任务表) behind it."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="economy_informatization.standard_catalogue",
        title="结对领域标准目录编制",
        keywords=("标准目录编制+结对",),
        evidence=("事项梳理清单", "结对领域标准目录", "全领域标准目录链接"),
    ),
    TaskTemplate(
        key="economy_informatization.disclosure_catalogue",
        title="政府信息主动公开目录",
        keywords=("信息主动公开目录",),
        evidence=("目录链接",),
    ),
    TaskTemplate(
        key="economy_informatization.application_entry",
        title="依申请件录入工作平台",
        keywords=("申请+工作日+录入",),
        evidence=("收件日期", "录入日期"),
    ),
    TaskTemplate(
        key="economy_informatization.old_documents",
        title="历史公文转化公开",
        keywords=("历史政府信息", "公文+转化公开"),
        evidence=("属性重新审查清单",),
    ),
    TaskTemplate(
        key="economy_informatization.leader_interpretation",
        title="主要负责人带头解读政策",
        keywords=("主要负责人+解读",),
        evidence=("解读链接",),
    ),
    TaskTemplate(
        key="economy_informatization.proposal_replies",
        title="建议提案办理结果公开",
        keywords=("建议提案",),
        evidence=("办理复文链接",),
    ),
    TaskTemplate(
        key="economy_informatization.datasets",
        title="公共数据开放",
        keywords=("开放数据集", "公共数据开放"),
        evidence=("开放清单", "数据集累计数"),
    ),
    TaskTemplate(
        key="economy_informatization.monthly_release",
        title="月度信息发布",
        keywords=("每月+发布", "每月+更新"),
        evidence=("当月发布链接", "发布日期"),
        limit="每月一次",
    ),
    TaskTemplate(
        key="economy_informatization.special_funds",
        title="专项资金申报与分配公开",
        keywords=("专项资金+申报", "专项资金+分配", "专项+申报通知"),
        evidence=("申报通知", "分配结果"),
    ),
    TaskTemplate(
        key="economy_informatization.events",
        title="产业活动与会议",
        keywords=("节能宣传周", "人工智能大会", "石墨烯+大会", "设计大会"),
        evidence=("活动公告", "活动报道"),
    ),
    TaskTemplate(
        key="economy_informatization.year_end_report",
        title="年末报送落实情况",
        keywords=("落实情况+报送办公室",),
        evidence=("落实情况报告",),
    ),
)
