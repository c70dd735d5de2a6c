"""The words that stand before units and days: in brackets, on lines of their own, over the columns of tables.

A house style with another word is one more word here, or a hint of the caller. `LEAD` and `COOP` are also what a clause
says of the names before it (甲局牵头,乙局参加).
"""

BODY = r"(?:单位|部门|处室|科室|股室|机构|机关|主体|处|科|方)"
LEAD = r"总?(?:牵头|主责)"
COOP = r"(?:(?:共同|协同|协助|积极|密切)?(?:配合|协办|协助|协同|协作|会办|参加|参与|辅助|支持))"
_COOP = rf"(?:(?:责任)?{COOP}|会同)"
_RESPONSIBLE = r"(?:主要|共同|具体)?(?:责任|承办|主办|落实|实施|负责|执行|办理|经办|承担|统筹|主管)"
_ANY = rf"(?:{LEAD}|{_COOP}|{_RESPONSIBLE})"
_AND = r"[及和与、/]"
_WHAT = r"(?:计划|预计|要求|规定|截止|责任|完成|办理|办结|落实|实施|推进|整改)"
TIME = (
    rf"(?:{_WHAT}{{0,2}}(?:时限|期限)(?:要求)?|{_WHAT}{{1,2}}(?:时间|日期|节点)(?:要求)?|时间(?:节点|要求|安排|进度)"
    r"|(?:时间|推进)?进度(?:要求|安排|节点|计划)|(?<=[,;(【])时间)"
)
_PERSON = r"(?:第一|直接|具体)?(?:牵头)?(?:责任|负责|承办|经办|牵头|主管|分管|包保|联系)[省市区县州镇乡局厅委]?"

# (role, pattern), the most frequent first.
ROLES = (
    ("responsible", rf"{_RESPONSIBLE}{BODY}|(?:部门|单位|处室|科室|责任|职责)分工"),
    ("lead", rf"{LEAD}(?:责任)?{BODY}|牵头"),
    ("coop", rf"{_COOP}(?:责任)?{BODY}|配合"),
    ("deadline", TIME),
    ("person", rf"{_PERSON}(?:人员?|领导)|联系(?:电话|方式)|联络员|备注"),
    # of several parts under one label (牵头及配合单位) nobody can tell who has which
    (
        "responsible",
        rf"{_ANY}{BODY}?(?:{_AND}{_ANY}{BODY}|\({_ANY}(?:{BODY})?\)(?:{BODY})?|{_AND}{TIME})",
    ),
)
