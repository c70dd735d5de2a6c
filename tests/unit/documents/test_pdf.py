"""PDF: lines put together, what stands on every page, ruled tables, and pages without text."""

import shutil
import subprocess

import pytest

from core.documents import errors
from core.documents.pdf import pdf_text
from tests.support.hand_pdf import ACROSS, Sheets
from tests.support.hostile_papers import pdf, shown
from tests.support.papers import Table, as_html

HEAD = "某局办公室文件"
LONG = "各处室要对照目录逐项核对公开内容，确保要素齐全、更新及时，发现问题的在五个工作日内改正。" * 3


def made(build, head=""):
    sheets = Sheets(head)
    build(sheets)
    return pdf_text(sheets.finish())[0]


def test_hard_line_ends_are_joined_also_over_the_end_of_a_page():
    paragraphs = [f"（{number}）{LONG}" for number in "一二三四五六七八九十"]
    assert made(lambda sheets: [sheets.paragraph(text) for text in paragraphs], HEAD).split("\n") == paragraphs


@pytest.mark.parametrize("length", range(ACROSS - 4, ACROSS + 4))
def test_short_paragraphs_stay_apart_whatever_their_length(length):
    paragraphs = ["甲" * length, "乙" * length, "丙" * (length - 1) + "。", "（一）丁", "（二）" + LONG]
    assert made(lambda sheets: [sheets.paragraph(text) for text in paragraphs]).split("\n") == paragraphs


def test_a_title_in_the_middle_stands_alone():
    lines = ["二〇二六年工作要点", LONG]
    assert made(lambda sheets: [sheets.paragraph(t, centred=not n) for n, t in enumerate(lines)]).split("\n") == lines


def table(rows):
    return lambda sheets: sheets.table(rows, Table(rows).height)


def test_merged_cells_are_repeated():
    rows = (
        ("序号", "领域", "任务"),
        ("1", "公开", LONG),
        ("2", None, "乙。"),
        ("3", "解读", "丙。"),
        ("4", None, "丁。"),
    )
    expected = ["序号\t领域\t任务", f"1\t公开\t{LONG}", "2\t公开\t乙。", "3\t解读\t丙。", "4\t解读\t丁。"]
    assert made(table(rows)).split("\n") == expected


def test_a_table_goes_on_over_the_end_of_a_page_with_its_header_again():
    header = ("序号", "任务")
    first = [header, *((str(n), f"第{n}项") for n in range(1, 26))]
    second = [header, *((str(n), f"第{n}项") for n in range(26, 30))]

    def build(sheets):
        table(first)(sheets)
        table(second)(sheets)

    lines = made(build, HEAD).split("\n")
    assert lines == ["序号\t任务", *(f"{n}\t第{n}项" for n in range(1, 30))]


def test_a_row_that_was_cut_by_the_end_of_a_page():
    def build(sheets):
        table((("序号", "任务", "单位"), ("1", "前一半，", "甲处、")))(sheets)
        table((("", "后一半。", "乙处"), ("2", "另一项。", "丙处")))(sheets)

    assert made(build).split("\n") == ["序号\t任务\t单位", "1\t前一半，后一半。\t甲处、乙处", "2\t另一项。\t丙处"]


def test_a_merged_cell_that_the_end_of_a_page_parts():
    def build(sheets):
        table((("序号", "领域", "任务"), ("1", "公开", "甲项。"), ("2", None, "乙项，")))(sheets)
        table((("", "", "续写。"), ("3", None, "丙项。"), ("4", "解读", "丁项。"), ("5", "", "戊项。")))(sheets)

    expected = ["1\t公开\t甲项。", "2\t公开\t乙项，续写。", "3\t公开\t丙项。", "4\t解读\t丁项。", "5\t\t戊项。"]
    assert made(build).split("\n")[1:] == expected


def test_names_one_to_a_line_are_not_run_together():
    rows = (("任务", "单位"), ("公开目录的工作任务。", "市一局市二局"), ("另一项。", "市三局、市四局"))
    assert made(table(rows)).split("\n")[1:] == [
        "公开目录的工作任务。\t市一局 市二局",
        "另一项。\t市三局、市四局",
    ]


def ruled(*lines, left=50, right=126):
    """Two cells of equal width: these (text, x), and a line that fills all that the rules leave."""
    rules = f"{left} 720 m {2 * right - left} 720 l S {left} 600 m {2 * right - left} 600 l S"
    walls = " ".join(f"{x} 720 m {x} 600 l S" for x in (left, right, 2 * right - left))
    words = placed(*((text, x, 700 - 20 * number) for number, (text, x) in enumerate(lines)), ("满", right + 2, 700))
    return pdf_text(pdf(f"{words}\n{rules} {walls}"))[0].split("\t")[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((("县发展和改革", 52), ("局", 52)), "县发展和改革局"),
        ((("县发展和改革", 52), ("局", 82)), "县发展和改革局"),  # each line in the middle
        ((("县发展和", 52), ("改革局", 52)), "县发展和 改革局"),  # 改 had room above
        ((("县行政审批局", 52), ("县财政局", 52)), "县行政审批局 县财政局"),
        ((("县政府办公", 52), ("室、县财政局", 52)), "县政府办公室、县财政局"),  # no line begins with a stop
        ((("完成时限为", 52), ("12月", 52)), "完成时限为12月"),  # no number is parted
    ],
)
def test_a_line_that_fills_its_cell_goes_on(lines, expected):
    assert ruled(*lines) == expected


def test_a_line_that_is_stretched_to_fill_its_cell_has_no_blanks():
    parted = [("县政府", 52), ("办公", 96)]
    even = [(char, 52 + 20 * place) for place, char in enumerate("县政府办")]
    words = placed(*((char, x, 700) for char, x in even), ("公室", 52, 680), *((char, x, 660) for char, x in parted))
    rules = "50 720 m 202 720 l S 50 640 m 202 640 l S 50 720 m 50 640 l S 126 720 m 126 640 l S 202 720 m 202 640 l S"
    filled = placed(("右格写满六字", 128, 700))
    assert pdf_text(pdf(f"{words}\n{filled}\n{rules}"))[0] == "县政府办公室 县政府 办公\t右格写满六字"


def test_a_frame_around_text_and_a_line_under_a_head_are_no_table():
    frame = "40 40 500 780 re S 60 760 m 500 760 l S"
    assert pdf_text(pdf(f"{shown('框内的文字')}\n{frame}"))[0] == "框内的文字"


def test_a_table_that_is_open_at_its_sides():
    rules = "50 720 m 450 720 l S 50 690 m 450 690 l S 50 660 m 450 660 l S 200 660 m 200 720 l S"
    words = placed(("甲", 60, 700), ("乙", 210, 700), ("丙", 60, 670), ("丁", 210, 670))
    assert pdf_text(pdf(f"{words}\n{rules}"))[0] == "甲\t乙\n丙\t丁"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned(turned):
    matrix = {0: "1 0 0 1 0 0", 90: "0 1 -1 0 595 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 842"}[turned]
    words = placed(("上行", 50, 500), ("下行", 50, 470))
    source = pdf(f"q {matrix} cm {words} Q").replace(b"/MediaBox", f"/Rotate {turned} /MediaBox".encode())
    assert pdf_text(source)[0].split("\n") == ["上行", "下行"]


def placed(*words):
    return "\n".join(shown(text).replace("50 700", f"{x} {y}") for text, x, y in words)


def test_page_numbers_of_a_single_page_are_left_out_and_years_are_not():
    lines = ("二〇二六年要点", "任务", "公开", "2026年", "第3页 共9页")
    words = placed(*((text, 50, 700 - 100 * number) for number, text in enumerate(lines)))
    assert pdf_text(pdf(words))[0].split("\n") == list(lines[:-1])


def test_characters_without_meaning_are_no_text():
    with pytest.raises(errors.DocumentGarbled):
        pdf_text(pdf(shown("\ue123" * 30)))


def test_a_table_as_a_browser_prints_it(tmp_path):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("needs chromium")
    rows = (("序号", "领域", "任务"), ("1", "公开", LONG), ("2", None, "乙"))
    page = as_html([Table(rows)]).replace(b"<style>", b"<style>td{border:1px solid} table{border-collapse:collapse}")
    (tmp_path / "a.html").write_bytes(page)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path}/p")
    printed = tmp_path / "a.pdf"
    command = [chromium, *options, f"--print-to-pdf={printed}", (tmp_path / "a.html").as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    text = pdf_text(printed.read_bytes())[0].replace(" ", "")
    assert f"办事服务\n您的位置：首页>政务公开\n序号\t领域\t任务\n1\t公开\t{LONG}\n2\t公开\t乙\n分享到" in text
