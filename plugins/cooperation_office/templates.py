"""Kinds of tasks that only this agency has."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="cooperation_office.aid_results",
        title="对口支援与东西部协作成果",
        keywords=("对口支援+成果", "东西部协作+成果", "帮扶+品牌"),
        evidence=("成果清单", "公开链接"),
    ),
    TaskTemplate(
        key="cooperation_office.regional_cooperation",
        title="区域合作",
        keywords=("区域合作+联席会议", "对口合作+互访"),
        evidence=("联席会议和互访记录", "年度工作计划"),
    ),
    TaskTemplate(
        key="cooperation_office.brand_events",
        title="投资考察品牌活动",
        keywords=("投资上海全国行", "上海企业国内行"),
        evidence=("活动公告", "活动报道"),
    ),
    TaskTemplate(
        key="cooperation_office.liaison_offices",
        title="驻外办与异地商协会管理服务",
        keywords=("驻外办", "异地商协会", "异地商会"),
        evidence=("公开链接",),
    ),
    TaskTemplate(
        key="cooperation_office.social_fund",
        title="社会力量专项资金资助",
        keywords=("社会力量+专项资金",),
        evidence=("资助公告", "资助结果"),
    ),
    TaskTemplate(
        key="cooperation_office.relay",
        title="政策推送接力",
        keywords=("接力+产业园区", "接力+行业协会"),
        evidence=("接收推送的协会和园区", "推送日期"),
        limit="政策出台时主动推送",
    ),
    TaskTemplate(
        key="cooperation_office.labels",
        title="政策标签与有效性标识",
        keywords=("政策文件+标签", "标识有效性"),
        evidence=("标签分类表",),
    ),
    TaskTemplate(
        key="cooperation_office.decision_opinions",
        title="决策意见采纳情况限时公开",
        keywords=("决策出台+工作日+采纳情况",),
        evidence=("决策出台日期", "公开日期"),
    ),
    TaskTemplate(
        key="cooperation_office.targeted_disclosure",
        title="定点定向公开",
        keywords=("定点+定向",),
        evidence=("公开对象和方式",),
    ),
)
