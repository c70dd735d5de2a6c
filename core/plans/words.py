"""Status words as people write them, their normal forms, and the way back; the words for roles. Pure.

The words are those of `docs/glossary.md`; a word that is not listed is not guessed at: `read_status` answers None.
"""

import re
import unicodedata
from typing import NamedTuple


class Status(NamedTuple):
    """A normal form; `behind`: the unit itself wrote that it lags (滞后), which is in_progress with a flag."""

    status: str
    behind: bool = False

    @property
    def norm(self) -> str:
        """As one word, the form in which sheets compare it: in_progress+behind for 滞后."""
        return f"{self.status}+behind" if self.behind else self.status

    @classmethod
    def of(cls, norm: str) -> "Status":
        """The way back from `norm`."""
        status, _, flag = norm.partition("+")
        return cls(status, flag == "behind")


# The first word of each form is the standard one: what the drop-down offers and what is written when nobody wrote any.
WORDS: dict[Status, tuple[str, ...]] = {
    Status("not_started"): ("未启动", "未开展", "未开始", "尚未启动", "尚未开展", "尚未开始", "未实施"),
    Status("in_progress"): (
        *("进行中", "推进中", "正在推进", "正在进行", "正在办理", "办理中", "实施中", "序时推进", "按序时推进"),
        *("达序时进度", "达到序时进度", "达进度", "超进度", "正常推进", "有序推进", "按计划推进", "稳步推进"),
        *("正在落实", "正在开展", "正在实施", "在办", "推进", "已启动", "基本完成", "部分完成"),
    ),
    Status("in_progress", behind=True): (
        *("滞后", "进度滞后", "滞后序时", "滞后序时进度", "欠进度", "欠序时进度", "未达序时进度", "未达到序时进度"),
        *("逾期", "逾期未完成"),
    ),
    Status("done"): (
        *("已完成", "完成", "全部完成", "按时完成", "按期完成", "提前完成", "完成和提前完成", "已完成和提前完成"),
        *("已办结", "办结", "已落实", "销号", "已销号", "100%", "√", "✓", "✔", "☑"),
    ),
    Status("ongoing"): (
        *("持续推进", "长期坚持", "长期推进", "长期", "常态化推进", "常态化开展", "常态化", "持续落实", "持续开展"),
        *("全年推进", "全年"),
    ),
    Status("cancelled"): ("已取消", "取消", "终止", "已终止", "不再实施"),
}

ROLE_WORDS = {"lead": "牵头", "supporting": "配合", "": ""}
"""The part that a unit has in a task → the word for it; none where nothing is written."""

STATUSES: tuple[str, ...] = tuple(dict.fromkeys(form.status for form in WORDS))

CHOICES: tuple[str, ...] = tuple(words[0] for words in WORDS.values())

_FORMS = {word: form for form, words in WORDS.items() for word in words}
_IGNORED = re.compile(r"[\s。.,，;；、!！]+")


def read_status(word: str) -> Status | None:
    """The normal form of a written word; None where it is not understood. Spaces, widths and end marks are ignored."""
    return _FORMS.get(_IGNORED.sub("", unicodedata.normalize("NFKC", word)))


def status_word(status: Status, written: str = "") -> str:
    """The word to show: the unit's own as long as it says nothing else, else the standard one. A word that is not
    listed here was taught by the office (`core.plans.vocabulary`) and stands for the status that it was written for."""
    return written if written and read_status(written) in (None, status) else WORDS[status][0]
