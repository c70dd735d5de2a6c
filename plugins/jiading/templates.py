"""Kinds of tasks of a district: what its departments and towns share with its own office."""

from core.sdk import TaskTemplate

TEMPLATES = (
    TaskTemplate(
        key="jiading.policy_labels",
        title="政策文件标签目录",
        keywords=("标签目录", "标签化管理"),
        evidence=("标签目录",),
    ),
    TaskTemplate(
        key="jiading.document_library",
        title="主动公开公文库与集成式发布",
        keywords=("公文库", "集成式发布"),
        evidence=("入库公文清单", "试点主题页面"),
    ),
    TaskTemplate(
        key="jiading.relay",
        title="一网通办推送与接力",
        keywords=("推送+接力", "企业专属网页+推送"),
        evidence=("推送对象", "推送日期"),
    ),
    TaskTemplate(
        key="jiading.question_lists",
        title="常见问题清单与咨询知识库",
        keywords=("常见问题", "咨询知识库"),
        evidence=("常见问题清单", "向12345和窗口推送的记录"),
    ),
    TaskTemplate(
        key="jiading.opinion_feedback",
        title="决策意见采纳情况限时公开",
        keywords=("决策出台+工作日+采纳情况",),
        evidence=("决策出台日期", "公开日期"),
    ),
    TaskTemplate(
        key="jiading.gazette",
        title="政府公报与政务公开专区",
        keywords=("政府公报", "政务公开专区"),
        evidence=("公报期数", "专区服务记录"),
    ),
    TaskTemplate(
        key="jiading.application_chain",
        title="依申请公开全流程留痕",
        keywords=("依申请+全程留痕", "依申请+办结归档"),
        evidence=("接收、登记、答复、邮寄、归档记录", "复议诉讼报备"),
    ),
    TaskTemplate(
        key="jiading.budget_and_audit",
        title="财政预决算与审计整改公开",
        keywords=("审计+整改", "项目预决算"),
        evidence=("预决算公开链接", "整改结果链接"),
        limit="预算1000万元以上的项目全部公开（涉密除外）",
    ),
    TaskTemplate(
        key="jiading.assessment",
        title="考核与第三方评估",
        keywords=("第三方评估", "考核评估"),
        evidence=("考核评分表", "评估报告"),
    ),
)
