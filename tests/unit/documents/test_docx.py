"""Word documents: automatic numbers, merged cells, and what is not read."""

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from core.documents.docx import docx_text
from core.documents.ordinals import ordinal


def read(build):
    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return docx_text(stream.getvalue())


def level(number, form, text, more=""):
    inner = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}">{inner}</w:lvl>'


CHINESE = level(0, "chineseCounting", "%1、") + level(1, "japaneseCounting", "（%2）") + level(2, "decimal", "%3.")
GLUED = '<w:suff w:val="nothing"/>'


def define(document, levels, number=7, overrides="", list_id=70):
    """A list with these levels; `overrides` belong to its num."""
    root = document.part.numbering_part.element
    if levels:
        found = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{list_id}">{levels}</w:abstractNum>'
        root.find(qn("w:num")).addprevious(parse_xml(found))
    num = f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{list_id}"/>{overrides}</w:num>'
    root.append(parse_xml(num))


def item(document, text, depth=0, number=7):
    place = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(place))


def test_levels_count_and_begin_anew_below_a_higher_one():
    def build(document):
        define(document, CHINESE)
        for depth in (0, 1, 2, 2, 1, 2, 0, 1):
            item(document, "甲", depth)
        document.add_paragraph("无号")

    expected = ["一、甲", "（一）甲", "1. 甲", "2. 甲", "（二）甲", "1. 甲", "二、甲", "（一）甲", "无号"]
    assert read(build)[0].split("\n") == expected


def test_numbers_above_are_printed_and_legal_ones_are_digits():
    def build(document):
        legal = level(1, "decimal", "%1.%2", "<w:isLgl/>" + GLUED)
        define(document, level(0, "chineseCounting", "第%1章", GLUED) + legal)
        item(document, "甲", 1)  # a level above that never came counts as begun
        item(document, "乙", 0)
        item(document, "丙", 1)

    assert read(build)[0] == "1.1甲\n第二章乙\n2.1丙"


def test_two_lists_of_one_kind_count_on_unless_one_starts_its_own():
    def build(document):
        define(document, CHINESE)
        define(document, "", 8)
        define(document, "", 9, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')
        for number in (7, 8, 9, 9, 8):
            item(document, "甲", number=number)

    assert [line[0] for line in read(build)[0].split("\n")] == list("一二五六七")


def test_a_level_that_never_begins_anew():
    def build(document):
        define(document, level(0, "decimal", "%1、") + level(1, "decimal", "（%2）", '<w:lvlRestart w:val="0"/>'))
        for depth in (0, 1, 0, 1):
            item(document, "甲", depth)

    assert read(build)[0] == "1、甲\n（1）甲\n2、甲\n（2）甲"


def test_numbers_that_a_style_brings_also_one_based_on_another():
    def build(document):
        define(
            document,
            CHINESE.replace("<w:numFmt", '<w:pStyle w:val="Heading2"/><w:numFmt', 2).replace("Heading2", "Heading1", 1),
        )
        for name in ("Heading 1", "Heading 2"):
            properties = document.styles[name].element.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="7"/></w:numPr>'))
        document.styles.add_style("更小", 1).base_style = document.styles["Heading 1"]
        document.add_paragraph("甲", style="Heading 1")
        document.add_paragraph("乙", style="Heading 2")
        document.add_paragraph("丙", style="更小")
        document.add_paragraph("丁", style="Heading 1")._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>')
        )

    assert read(build)[0] == "一、甲\n（一）乙\n二、丙\n丁"


def test_bullets_and_lists_that_are_not_there_give_no_number():
    def build(document):
        define(document, level(0, "bullet", ""))
        item(document, "甲")
        item(document, "乙", number=4711)
        item(document, "丙", depth=99)

    assert read(build)[0] == "甲\n乙\n丙"


@pytest.mark.parametrize(
    ("form", "number", "printed"),
    [
        ("chineseCounting", 10, "十"),
        ("chineseCounting", 11, "十一"),
        ("chineseCounting", 20, "二十"),
        ("chineseCountingThousand", 103, "一百零三"),
        ("chineseCountingThousand", 110, "一百一十"),
        ("chineseLegalSimplified", 12, "拾贰"),
        ("ideographDigital", 12, "一二"),
        ("decimalEnclosedCircleChinese", 3, "③"),
        ("decimalEnclosedCircle", 21, "(21)"),
        ("decimalEnclosedParen", 2, "⑵"),
        ("decimalFullWidth", 12, "１２"),
        ("decimalZero", 5, "05"),
        ("ideographTraditional", 2, "乙"),
        ("upperLetter", 27, "AA"),
        ("lowerRoman", 14, "xiv"),
        ("upperRoman", 4, "IV"),
        ("numberInDash", 4, "4"),
        ("chineseCounting", 123456, "123456"),
    ],
)
def test_formats_of_numbers(form, number, printed):
    assert ordinal(number, form) == printed


def test_merged_cells_are_repeated_in_each_row_and_told_once_in_a_row():
    def build(document):
        table = document.add_table(4, 3)
        for place, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"格{place}"
        for first, last, text in (((0, 0), (0, 2), "标题"), ((1, 0), (2, 0), "领域"), ((3, 1), (3, 2), "横")):
            merged = table.cell(*first).merge(table.cell(*last))
            merged.text = text

    assert read(build)[0] == "标题\n领域\t格4\t格5\n领域\t格7\t格8\n格9\t横\t"


def test_paragraphs_tables_and_frames_in_their_order():
    def build(document):
        document.add_paragraph("前文")
        table = document.add_table(2, 2)
        for place, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"格{place}\n续"
        frame = document.add_table(1, 1).cell(0, 0)
        frame.text = "框里一段\n又一段"
        document.add_paragraph("后文\t制表\n换行")

    assert read(build)[0] == "前文\n格0 续\t格1 续\n格2 续\t格3 续\n框里一段\n又一段\n后文\t制表\n换行"


def test_what_is_left_out_is_said():
    box = (
        f'<w:r {nsdecls("w")}><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>'
        "<w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>"
    )

    def build(document):
        paragraph = document.add_paragraph("正文")._p
        paragraph.append(parse_xml(box))
        paragraph.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
        hidden = document.add_paragraph("看不见").runs[0]
        hidden.font.hidden = True
        document.add_paragraph("看得见").runs[0].font.hidden = False

    text, (boxes, notes) = read(build)
    assert text.split() == ["正文", "看得见"]
    assert "1 个文本框" in boxes
    assert "1 处脚注" in notes


def test_lines_of_a_table_of_contents_are_no_text():
    def build(document):
        document.styles.add_style("toc 1", 1)
        document.add_paragraph("一、甲\t3", style="toc 1")
        document.add_paragraph("一、甲")

    assert read(build)[0] == "一、甲"
