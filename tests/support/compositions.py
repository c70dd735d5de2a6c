"""Documents that nobody wrote by hand, composed from independent parts, each with its truth.

A document takes one of each: numbering × place of the units × labels × separators × width × wrapping. Run as a program,
`python -m tests.support.compositions 2000` scores so many of them and lists what failed.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.decompose.decompose import decompose
from tests.support.truths import COLUMNS, Row, compare, f1, row_of, rows_of


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


YEAR = 2026
NUMERALS = "一二三四五六七八九十"
PREAMBLE = (
    "为进一步做好政务公开，让群众和企业找得到、看得懂、用得上，按照上级部署，结合本市实际，坚持问题导向、需求导向，"
    "统筹发展和安全，把公开的要求落到决策、执行、管理、服务、结果的每一个环节，持续提高公开的质量和实效，现就今年的工作制定本工作要点。"
)
CHAPTERS = ("推进决策公开", "强化政策解读", "扩大公众参与", "夯实工作基础", "做好保障监督")
TITLES = _words(
    "晒清财政账本 编好公开目录 讲透惠企政策 办好热线留言 开放数据资源 清理过期栏目 规范依申请答复 管好政务新媒体"
    " 公布审批结果 建设公文库 听取代表意见 做优办事指南 公开重大项目 发布环境质量 推送政策要点 开展专题培训"
)
UNITS = _words(
    "市财政局 市司法局 市民政局 市教育局 市数据局 市委网信办 市政府办公室 市发展和改革委员会 市文化和旅游局 各街镇"
    " 市行政服务中心（市大数据中心） 各县（市、区） 市融媒体中心 云水镇 高新区管委会 团市委 市税务局 市公安局"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and what stands in it: deadlines with their day, quotas, cadence, working-day limits."""

    text: str
    deadlines: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    cadence: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


SENTENCES = (
    Said("逐项梳理应当公开的事项，统一内容、格式、渠道和更新的频次，做到底数清楚、口径一致"),
    Said("把分散在各部门网站和公众号上的信息归到一处，按主题和办理对象分开展示，方便群众查找和对照"),
    Said("500万元以上的项目逐项说明"),
    Said("继续办好第五届读图大赛"),
    Said("对2019年以来的文件重新认定属性"),
    Said("新旧政策一并解读，讲清“一件事”怎么办"),
    Said("6月底前完成", ("6月底前→2026-06-30",)),
    Said("年内全部上线", ("年内→2026-12-31",)),
    Said("于３月31日前公布", ("３月31日前→2026-03-31",)),
    Said("到年底形成体系", ("到年底→2026-12-31",)),
    Said("九月中旬前报送初稿", ("九月中旬前→2026-09-20",)),
    Said("第三季度组织轮训", ("第三季度→2026-09-30",)),
    Said("次年1月31日前公布年报", ("次年1月31日前→2027-01-31",)),
    Said("3月至5月集中整改", ("3月至5月→2026-05-31",)),
    Said("6月、12月底前各检查一遍", ("6月、12月底前→2026-12-31",)),
    Said("每年8月集中开放", ("每年8月→2026-08-31",), (), ("每年8月",)),
    Said("每月25日前报送数据", ("每月25日前",), (), ("每月25日前",)),
    Said("每季度通报情况", (), (), ("每季度",)),
    Said("每半年至少培训1次", (), ("至少培训1次",), ("每半年",)),
    Said("全年不少于4次", (), ("不少于4次",)),
    Said("制作图解不少于二十件", (), ("不少于二十件",)),
    Said("按时办结率达到98%以上", (), ("达到98%以上",)),
    Said("各单位至少听取一次汇报", (), ("至少听取一次",)),
    Said("决策作出后10个工作日内反馈", (), (), (), ("10个工作日内",)),
    Said("答复不超过5个工作日", (), (), (), ("不超过5个工作日",)),
    Said("自收到申请之日起二十个工作日内办结", (), (), (), ("二十个工作日内",)),
)
LIMITS = _words(
    "6月底前→2026-06-30 2026年9月30日→2026-09-30 全年→2026-12-31 长期 持续推进 年底前→2026-12-31 上半年→2026-06-30"
    " 第一、三季度→2026-09-30 4-6月→2026-06-30 2026.11.30→2026-11-30 每季度末 8月→2026-08-31"
)


@dataclass(slots=True)
class Item:
    """One task before it is written down."""

    title: str
    said: list[Said]
    units: list[str]
    lead: str = ""
    coop: tuple[str, ...] = ()
    limit: str = ""
    no: str = ""
    heading: str = ""

    @property
    def content(self) -> str:
        """What stands beside its title."""
        return "".join(f"{one.text}。" for one in self.said) or "抓好落实。"

    @property
    def prose(self) -> str:
        """Title and sentences, each with its full stop."""
        return "".join(f"{text}。" for text in (self.title, *(one.text for one in self.said)))

    def row(self) -> Row:
        """What a draft should give for it."""
        return row_of(
            [self.no],
            [self.title],
            self.units,
            [self.lead],
            self.coop,
            [*(day for one in self.said for day in one.deadlines), self.limit],
            [quota for one in self.said for quota in one.quotas],
            [*(word for one in self.said for word in one.cadence), self.limit if self.limit.startswith("每") else ""],
            [limit for one in self.said for limit in one.limits],
        )


@dataclass(frozen=True, slots=True)
class Composition:
    """A document with its truth, and which part it took of each kind."""

    text: str
    rows: list[Row]
    parts: dict[str, str]


# Separators: how the names of one list are parted.

Join = Callable[[random.Random, Sequence[str]], str]


def _mixed(dice: random.Random, names: Sequence[str]) -> str:
    return names[0] + "".join(dice.choice("、，；") + name for name in names[1:])


def _grouped(dice: random.Random, names: Sequence[str]) -> str:
    if len(names) > 1 and names[-1].startswith("各"):
        return "、".join(names[:-1]) + dice.choice(("及", "和", "以及")) + names[-1]
    return "、".join(names) + "等"


SEPARATORS: dict[str, Join] = {
    "comma": lambda dice, names: "、".join(names),
    "mixed": _mixed,
    "grouped": _grouped,
    "blank": lambda dice, names: "　".join(names),
}


# Labels: pairs of label and value, as a document of that habit writes them.

Pairs = list[tuple[str, str]]


def _pairs(kind: str, item: Item, dice: random.Random, join: Join) -> Pairs:
    others = [name for name in item.units if name != item.lead]
    every, rest, limit = join(dice, item.units), join(dice, others or item.units), item.limit.partition("→")[0]
    return {
        "plain": [("责任单位", every)],
        "office": [("责任处室", every)],
        "lead": [("牵头单位", item.lead), ("配合单位", rest)],
        "both": [("牵头部门", item.lead), ("责任部门", rest)],
        "timed": [("责任单位", every), ("完成时限", limit)],
        "all": [("时限", limit), ("牵头科室", item.lead), ("配合科室", rest)],
        "spoken": [("责任单位", f"{item.lead}牵头，{'、'.join(others)}配合")],
        "combined": [("责任单位及完成时限", f"{every}，{limit}")],
    }[kind]


LEADING = ("lead", "both", "all", "spoken")
COOPERATING = ("lead", "all", "spoken")
TIMED = ("timed", "all", "combined")
LABELS = ("plain", "office", "lead", "both", "timed", "all", "spoken", "combined")

# Places: how the pairs of an item stand beside its prose, in paragraphs.


def _bracket(pairs: Pairs, between: str, ends: str = "（）") -> str:
    return ends[0] + between.join(f"{label}：{value}" for label, value in pairs) + ends[1]


def _unlabelled(item: Item) -> str:
    rest = "、".join(name for name in item.units if name != item.lead)
    return f"（{item.lead}牵头，{rest}配合）" if item.lead else f"（{'、'.join(item.units)}）"


PLACES: dict[str, Callable[[Item, Pairs], list[str]]] = {
    "bracket": lambda item, pairs: [item.prose + _bracket(pairs, "，")],
    "before_stop": lambda item, pairs: [item.prose[:-1] + _bracket(pairs, "；") + "。"],
    "own_line": lambda item, pairs: [item.prose, _bracket(pairs, "，")],
    "square": lambda item, pairs: [item.prose + _bracket(pairs, ";", "【】")],
    "trailing": lambda item, pairs: [item.prose, *(f"{label}：{value}" for label, value in pairs)],
    "one_line": lambda item, pairs: [item.prose, "　　".join(f"{label}：{value}" for label, value in pairs)],
    "open": lambda item, pairs: [item.prose + "；".join(f"{label}：{value}" for label, value in pairs) + "。"],
    "unlabelled": lambda item, pairs: [item.prose + _unlabelled(item)],
    "none": lambda item, pairs: [item.prose],
}
TABLES = ("tabs", "bars", "merged", "stacked", "unnumbered", "bar_lines", "run_together")
TITLED = ("merged", "tabs")
"""Tables with a column of titles beside that of the contents."""

# Numbering: the label of each item, its number in the truth, and the lines between them.


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else NUMERALS[tens - 1] + "十") + (NUMERALS[ones - 1] if ones else "")


@dataclass(frozen=True, slots=True)
class Numbering:
    """`chapter` and `heading` stand above items; `label` opens an item; `no` is the item's part of its number."""

    label: str
    no: str
    chapter: str = "{c}、"
    heading: str = ""
    runs_on: bool = False


NUMBERINGS = {
    "restart": Numbering("（{n}）", "({n})"),
    "running": Numbering("（{n}）", "({n})", runs_on=True),
    "digits": Numbering("{d}.", "({d})", runs_on=True),
    "under": Numbering("{d}．", "({d})", heading="（一）", runs_on=True),
    "dunhao": Numbering("{d}、", "({d})", chapter=""),
    "flat": Numbering("{d}.", "({d})", chapter="", runs_on=True),
    "bare": Numbering("{d}.", "({d})", chapter="", runs_on=True),
    "paren": Numbering("（{n}）", "({n})", chapter="", runs_on=True),
    "ordinal": Numbering("{n}是", "({n}是)"),
    "parts": Numbering("（{n}）", "({n})", chapter="第{c}部分　"),
    "nested": Numbering("（{d}）", "({d})", chapter="", heading="{h}."),
}


def _numbered(kind: str, chapters: list[list[Item]], dice: random.Random) -> Iterator[tuple[str, Item | None]]:
    """(line or label, item); a label belongs to its item, a line stands by itself. Sets the numbers of the items."""
    rule, count = NUMBERINGS[kind], 0
    lost = dice.randrange(1, sum(map(len, chapters))) if kind == "bare" else -1
    for place, items in enumerate(chapters, start=1):
        marks = {"c": NUMERALS[place - 1], "h": place}
        above = ""
        if rule.chapter:
            above = NUMERALS[place - 1]
            yield rule.chapter.format(**marks) + CHAPTERS[place - 1], None
        if rule.heading:
            above += "(一)" if rule.heading == "（一）" else f"({place})"
            yield rule.heading.format(**marks) + CHAPTERS[-place], None
        for within, item in enumerate(items, start=1):
            count += 1
            number = count if rule.runs_on or (not rule.chapter and not rule.heading) else within
            marks |= {"n": _numeral(number), "d": number}
            item.no = above + rule.no.format(**marks)
            label = rule.label.format(**marks)
            yield (label.rstrip(".") if count - 1 == lost else label), item


# Wrapping: what becomes of the paragraphs on a page.


def _cut(width: int) -> Callable[[list[str]], str]:
    def wrap(paragraphs: list[str]) -> str:
        lines = [part[at : at + width] for part in paragraphs for at in range(0, len(part), width)]
        pages = (lines[at : at + 30] for at in range(0, len(lines), 30))
        return "\n".join("\n".join([*page, f"— {number} —"]) for number, page in enumerate(pages, start=1))

    return wrap


WRAPPINGS: dict[str, Callable[[list[str]], str]] = {
    "none": "\n".join,
    "spaced": "\n\n".join,
    "indented": lambda paragraphs: "\n".join(f"　　{part}" for part in paragraphs),
    "cut29": _cut(29),
    "cut40": _cut(40),
}
WIDTHS = {
    "full": str.maketrans("", ""),
    "half": str.maketrans("（），；：", "(),;:"),
    "wide": str.maketrans("0123456789", "０１２３４５６７８９"),
}


# Tables: a header and rows; `merged` leaves cells out that stand for several rows.


def _table(kind: str, items: list[Item], labels: str, dice: random.Random, join: Join) -> list[str]:
    columns = [label for label, _ in _pairs(labels, items[0], dice, join)]
    texts = ["任务名称", "任务内容"] if kind in TITLED else ["工作任务"]
    rows, above = [["序号", *texts, *columns]], ""
    for number, item in enumerate(items, start=1):
        item.no = f"表({number})"
        cells = [item.heading or item.title, item.content] if len(texts) == 2 else [item.prose]
        if kind == "merged" and item.heading and item.heading == above:
            cells[0] = ""
        above = item.heading
        rows.append([str(number), *cells, *(value for _, value in _pairs(labels, item, dice, join))])
    if kind == "unnumbered":
        return [cell for row in rows for cell in row[1:]]
    if kind == "run_together":
        return ["".join(row) for row in rows]
    if kind == "bars":
        return [" | ".join(row) for row in rows]
    if kind == "stacked":
        return [cell for row in rows for cell in row]
    if kind == "bar_lines":
        return [line for row in rows for cell in row for line in (cell, "|")]
    return ["\t".join(row) for row in rows]


def _head(items: list[Item]) -> None:
    """A title of several rows heads them, and each is titled by its own words."""
    for title, same in groupby(items, key=lambda item: item.title):
        rows = list(same)
        for item in rows if len(rows) > 1 else ():
            item.heading, item.title = title, item.content.split("。")[0]


def _items(dice: random.Random, count: int) -> list[Item]:
    titles = dice.sample(TITLES, count)
    return [
        Item(title, dice.sample(SENTENCES, dice.randint(0, 3)), dice.sample(UNITS, dice.randint(2, 5)))
        for title in titles
    ]


def compose(seed: int) -> Composition:
    """The composition of a seed."""
    dice = random.Random(seed)
    parts = {
        "numbering": dice.choice(list(NUMBERINGS)),
        "place": dice.choice([*PLACES, *TABLES]),
        "labels": dice.choice(LABELS),
        "separators": dice.choice(list(SEPARATORS)),
        "width": dice.choice(list(WIDTHS)),
        "wrapping": dice.choice(list(WRAPPINGS)),
    }
    _make_possible(parts)
    join = SEPARATORS[parts["separators"]]
    chapters = [_items(dice, dice.randint(2, 4)) for _ in range(dice.randint(2, 3))]
    items = [item for chapter in chapters for item in chapter]
    if parts["place"] == "merged":
        items[1].title = items[0].title
    if parts["place"] in TITLED:
        _head(items)
    for item in items:
        _assign(item, parts, dice)
    head = [f"{YEAR}年云溪市政务公开工作要点", PREAMBLE]
    if parts["place"] in TABLES:
        body = _table(parts["place"], items, parts["labels"], dice, join)
    else:
        body = []
        for label, item in _numbered(parts["numbering"], chapters, dice):
            written = PLACES[parts["place"]](item, _pairs(parts["labels"], item, dice, join)) if item else [""]
            body += [label + written[0], *written[1:]]
    tail = ["云溪市人民政府办公室", f"{YEAR}年3月9日"]
    text = WRAPPINGS[parts["wrapping"]]([*head, *body, *tail]).translate(WIDTHS[parts["width"]])
    return Composition(text, [item.row() for item in items], parts)


def _make_possible(parts: dict[str, str]) -> None:
    """Take back what does not go together: a page is not cut through a table, a sub-item needs a bracket of its own."""
    if parts["place"] in TABLES:
        parts |= {"numbering": "-", "wrapping": "none" if parts["wrapping"].startswith("cut") else parts["wrapping"]}
        if parts["place"] == "run_together":
            parts |= {"labels": "plain" if parts["labels"] not in TIMED else "timed", "separators": "comma"}
        if parts["place"] in ("stacked", "unnumbered", "bar_lines") and parts["wrapping"] == "indented":
            parts["wrapping"] = "none"
    if parts["wrapping"].startswith("cut") and (parts["separators"] == "blank" or parts["place"] == "one_line"):
        parts["wrapping"] = "none"  # a blank at the end of a line is no mark any more
    if parts["place"] == "none" and parts["numbering"] in ("under", "nested"):
        parts["numbering"] = "restart"
    if parts["place"] in ("unlabelled", "none"):
        parts |= {"labels": "plain", "separators": "comma"}


def _assign(item: Item, parts: dict[str, str], dice: random.Random) -> None:
    """Units, roles and limits as the labels of the document give them."""
    labels, place = parts["labels"], parts["place"]
    if place == "none":
        item.units = []
    elif labels in LEADING or (place == "unlabelled" and dice.random() < 0.5):
        item.lead = item.units[0]
        item.coop = tuple(item.units[1:]) if labels in COOPERATING or place == "unlabelled" else ()
    if labels in TIMED:
        item.limit = dice.choice(LIMITS)


def main(count: int) -> int:
    """Score the first `count` compositions; the failures, then the columns. 0 where every column reaches 0.99."""
    totals: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
    failed = 0
    for seed in range(count):
        made = compose(seed)
        counts, differences = compare(made.rows, rows_of(decompose(made.text)))
        for name in COLUMNS:
            totals[name].update(counts[name])
        if differences:
            failed += 1
            print(f"seed {seed} {' '.join(made.parts.values())}", *differences, sep="\n    ")
    scores = {name: f1(total) for name, total in totals.items()}
    print(f"{count} compositions, {failed} not exact:", *(f"{name} {score:.4f}" for name, score in scores.items()))
    return 0 if min(scores.values()) >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
