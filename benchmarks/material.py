"""What is measured: a generated document of the size that an issue names."""

TASKS = 10_000
UNITS = ("办公室", "法规处", "财务处", "信息中心", "宣传处", "综合处")
DETAIL = "围绕年度重点工作梳理应当公开的事项，明确内容、渠道和更新频次，做到应公开尽公开。"


def two_megabytes() -> str:
    """A plan with `TASKS` numbered tasks in 100 chapters, about two megabytes of UTF-8."""
    return plan_of(TASKS)


def plan_of(tasks: int) -> str:
    """A plan with so many numbered tasks, in at most 100 chapters; every second task has two units."""
    lines, chapter = ["2024年示例机关政务公开工作要点"], max(100, -(-tasks // 100))
    for n in range(tasks):
        if n % chapter == 0:
            lines.append(f"{chinese(n // chapter + 1)}、第{n // chapter + 1}方面工作")
        units = "、".join((UNITS[n % 6], UNITS[(n + 2) % 6])[: 1 + n % 2])
        limit = ("", "6月底前完成。", "年内不少于4次。")[n % 3]
        lines.append(f"({chinese(n % 100 + 1)})做好第{n + 1}项工作。{DETAIL}{limit}(责任单位:{units})")
    return "\n".join(lines) + "\n"


def chinese(number: int) -> str:
    """1 … 100 in Chinese numerals."""
    digits = "零一二三四五六七八九"
    if number == 100:
        return "一百"
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")
