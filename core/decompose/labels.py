"""The words that stand before units and days: in brackets, on lines of their own, over the columns of tables.

A house style with another word is one more word here, or a hint of the caller.
"""

_BODY = r"(?:单位|部门|处室|科室|股室|机构|主体|处|科)"
_LEAD = r"(?:牵头|主责)"
_COOP = r"(?:配合|协办|协助|协同|协作|参加|参与)"
_RESPONSIBLE = r"(?:主要|共同|具体)?(?:责任|承办|主办|落实|实施|负责)"
_ANY = rf"(?:{_LEAD}|{_COOP}|{_RESPONSIBLE})"
_AND = r"[及和与、/]"
_TIME = r"(?:(?:完成|责任|办理|办结)?(?:时限|期限)(?:要求)?|(?:完成|办结)(?:时间|日期)|时间(?:节点|要求|安排))"

# (role, pattern). Of several parts under one label (牵头及配合单位) nobody can tell who has which: responsible.
ROLES = (
    (
        "responsible",
        rf"{_ANY}{_BODY}?(?:{_AND}{_ANY}{_BODY}|\({_ANY}(?:{_BODY})?\)(?:{_BODY})?|{_AND}{_TIME})",
    ),
    ("lead", rf"{_LEAD}(?:责任)?{_BODY}|牵头"),
    ("coop", rf"{_COOP}{_BODY}|配合"),
    ("responsible", rf"{_RESPONSIBLE}{_BODY}"),
    ("deadline", _TIME),
    ("person", r"(?:第一|直接)?责任(?:人|领导)|(?:分管|牵头|主管)领导|联系(?:人|电话|方式)|联络员|备注"),
)
