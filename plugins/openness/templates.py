"""Kinds of tasks that most agencies' documents ask for, in whatever words."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="openness.attendance",
        title="公众代表列席决策会议",
        keywords=("公众代表+列席", "代表+列席+会议"),
        evidence=("会议名称和日期", "列席代表名单", "意见采纳反馈"),
    ),
    TaskTemplate(
        key="openness.interpretation",
        title="政策解读三同步",
        keywords=("三同步", "解读材料+同步起草", "解读材料+同步组织"),
        evidence=("政策文件链接", "解读材料链接", "审签记录"),
    ),
    TaskTemplate(
        key="openness.linked_reading",
        title="阅办联动",
        keywords=("阅办联动", "阅后即办"),
        evidence=("上线页面链接", "断链检查记录"),
    ),
    TaskTemplate(
        key="openness.messages",
        title="留言与咨询答复",
        keywords=("留言板", "网站留言", "转办留言", "网上咨询", "留言选登"),
        evidence=("留言台账", "答复时间"),
    ),
    TaskTemplate(
        key="openness.secrecy_review",
        title="先审查后公开",
        keywords=("先审查", "一事一审", "保密审查"),
        evidence=("保密审查记录",),
        limit="公开之前逐件审查",
    ),
    TaskTemplate(
        key="openness.open_month",
        title="政府开放活动",
        keywords=("开放月", "举办政府开放活动", "开展政府开放活动"),
        evidence=("活动方案", "场次和人数", "现场照片"),
    ),
    TaskTemplate(
        key="openness.decision_catalogue",
        title="重大行政决策事项目录",
        keywords=("决策+事项目录", "决策+目录清单"),
        evidence=("目录链接", "公布日期"),
    ),
    TaskTemplate(
        key="openness.opinion_feedback",
        title="决策意见收集与采纳情况公开",
        keywords=("意见+采纳情况", "意见+不予采纳"),
        evidence=("决策出台日期", "公开链接和日期"),
    ),
    TaskTemplate(
        key="openness.push",
        title="政策精准推送",
        keywords=("精准推送", "政策推送", "接力推送", "订阅推送"),
        evidence=("推送渠道", "推送次数"),
    ),
    TaskTemplate(
        key="openness.applications",
        title="依申请公开答复",
        keywords=("依申请+答复", "依申请+办理", "信息公开申请"),
        evidence=("申请登记台账", "答复书"),
        limit="收到之日起20个工作日内答复，可依法延长一次，不超过20个工作日",
    ),
    TaskTemplate(
        key="openness.document_filing",
        title="公文备案与公开属性认定",
        keywords=("公文+备案", "公开属性认定", "公开属性+审查"),
        evidence=("备案清单", "属性认定记录"),
    ),
    TaskTemplate(
        key="openness.standard_catalogue",
        title="政务公开标准目录",
        keywords=("标准目录",),
        evidence=("目录文本", "更新日期"),
    ),
    TaskTemplate(
        key="openness.platforms",
        title="网站与政务新媒体维护",
        keywords=("网站+巡查", "网站+集约化", "政务新媒体+平台建设", "政务新媒体+管理", "信息公开平台+维护"),
        evidence=("巡查记录",),
    ),
    TaskTemplate(
        key="openness.training",
        title="政务公开培训",
        keywords=("政务公开培训", "政务公开+专题培训", "信息公开+专项培训"),
        evidence=("培训通知", "签到表"),
    ),
    TaskTemplate(
        key="openness.hearing",
        title="主要负责同志听取工作汇报",
        keywords=("听取+工作汇报",),
        evidence=("会议纪要",),
    ),
    TaskTemplate(
        key="openness.annual_report",
        title="政府信息公开工作年度报告",
        keywords=("信息公开工作年度报告", "信息公开年报", "工作年报"),
        evidence=("年度报告链接",),
        limit="部门1月31日前、地方政府3月31日前公布上一年度报告",
    ),
)
