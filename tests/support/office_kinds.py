"""Workbooks with what offices put into them, made and saved by LibreOffice; run as `office_hand` is.

`office_kinds.py PIPE FOLDER`: one .xlsx for each function of `KINDS`, named after it. All begin with the same list, in
A1:F13.
"""

import base64
import sys
from pathlib import Path

import uno
from com.sun.star.awt import Point, Rectangle, Size
from com.sun.star.lang import Locale
from com.sun.star.sheet import SubTotalColumn, TableFilterField
from com.sun.star.table import CellAddress
from com.sun.star.util import Date
from office_hand import connect, properties

HEADERS = ("序号", "任务", "单位", "完成情况", "数量", "日期")
LIST, FIRST_DAY = "A1:F13", 45_000
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
ODD_TEXTS = ("=1+1", "_x000D_", "😀𠮷", "<&>\"'", "007", "TRUE", "  两边  ", "第一行\n第二行\t跳")


def choice(kind, name):
    return uno.Enum(f"com.sun.star.{kind}", name)


class Book:
    """A new workbook with the list on its first sheet."""

    def __init__(self, context, book):
        self.context, self.book, self.sheet = context, book, book.Sheets.getByIndex(0)
        for column, header in enumerate(HEADERS):
            self.sheet.getCellByPosition(column, 0).String = header
        for row in range(1, 13):
            texts = (f"任务{row}", f"{'甲乙丙'[row % 3]}处", ("未启动", "进行中", "已完成")[row % 3])
            for column, text in enumerate(texts, 1):
                self.sheet.getCellByPosition(column, row).String = text
            for column, number in ((0, row), (4, row * 1.5), (5, FIRST_DAY + row)):
                self.sheet.getCellByPosition(column, row).Value = number
        self.show("F2:F13", "YYYY-MM-DD", "en", "US")

    def at(self, address):
        return self.sheet.getCellRangeByName(address)

    def area(self, address):
        return self.at(address).RangeAddress

    def show(self, address, code, language, country):
        locale, formats = Locale(language, country, ""), self.book.NumberFormats
        key = formats.queryKey(code, locale, False)
        self.at(address).NumberFormat = key if key >= 0 else formats.addNew(code, locale)

    def draw(self, kind, number):
        shape = self.book.createInstance(f"com.sun.star.drawing.{kind}")
        shape.Position, shape.Size = Point(18_000, 1000 + 2000 * number), Size(3000, 1500)
        self.sheet.DrawPage.add(shape)
        return shape


def pivot(b, sheet="透视", place=(1, 0, 0)):
    b.book.Sheets.insertNewByName("透视", 1)
    new = b.sheet.DataPilotTables.createDataPilotDescriptor()
    new.setSourceRange(b.area(LIST))
    for field, where in ((2, "ROW"), (3, "COLUMN"), (4, "DATA")):
        new.DataPilotFields.getByIndex(field).Orientation = choice("sheet.DataPilotFieldOrientation", where)
    b.book.Sheets.getByName(sheet).DataPilotTables.insertNewByName("透视表", CellAddress(*place), new)


def pivot_beside_its_list(b):
    pivot(b, b.sheet.Name, (0, 8, 0))


def drawings(b):
    picture = Path(sys.argv[2]) / "picture.png"
    picture.write_bytes(base64.b64decode(PNG))
    provider = b.context.ServiceManager.createInstanceWithContext("com.sun.star.graphic.GraphicProvider", b.context)
    b.draw("GraphicObjectShape", 0).Graphic = provider.queryGraphic(properties(URL=picture.as_uri()))
    b.draw("CustomShape", 1).String = "盖章处"
    for number, kind in enumerate(("CheckBox", "ListBox"), 2):
        b.draw("ControlShape", number).Control = b.book.createInstance(f"com.sun.star.form.component.{kind}")
    b.sheet.Charts.addNewByName(
        "图", Rectangle(25_000, 500, 9000, 6000), (b.area("B1:B13"), b.area("E1:E13")), True, True
    )
    b.sheet.Annotations.insertNew(b.at("B5").CellAddress, "请核实")


def rules(b):
    rule = b.at("D2:D500").Validation
    rule.Type = choice("sheet.ValidationType", "LIST")
    rule.setFormula1('"未启动";"进行中";"已完成"')
    b.at("D2:D500").Validation = rule
    rules = b.at("E2:E13").ConditionalFormat
    formula = choice("sheet.ConditionOperator", "FORMULA")
    rules.addNew(properties(Operator=formula, Formula1="E2>AVERAGE($E$2:$E$13)", StyleName="Accent 1"))
    b.at("E2:E13").ConditionalFormat = rules


def locked(b):
    b.sheet.protect("")
    b.book.protect("口令")


def hidden(b):
    b.sheet.Rows.getByIndex(4).IsVisible = b.sheet.Columns.getByIndex(2).IsVisible = False
    b.book.Sheets.insertNewByName("隐藏", 1)
    b.book.Sheets.getByName("隐藏").IsVisible = False


def filtered(b):
    b.book.DatabaseRanges.addNewByName("清单", b.area(LIST))
    ours, wanted = b.book.DatabaseRanges.getByName("清单"), TableFilterField()
    ours.AutoFilter, found = True, ours.FilterDescriptor
    wanted.Field, wanted.StringValue = 2, "甲处"
    wanted.Operator = choice("sheet.FilterOperator", "EQUAL")
    found.FilterFields, found.ContainsHeader = (wanted,), True
    ours.refresh()


def formulas(b):
    b.book.NamedRanges.addNewByName("数量", "$Sheet1.$E$2:$E$13", CellAddress(0, 0, 0), 0)
    b.at("H2:H13").setArrayFormula("=E2:E13*2")
    texts = ("=SUM(数量)", "=1/0", "=MULTIPLE.OPERATIONS(J1;E2;A3)", "='file:///tmp/别处.xlsx'#$Sheet1.A1", "=TODAY()")
    for row, text in enumerate(texts):
        b.sheet.getCellByPosition(9, row).Formula = text


def subtotals(b):
    total, new = SubTotalColumn(), b.at(LIST).createSubTotalDescriptor(True)
    total.Column, total.Function = 4, choice("sheet.GeneralFunction", "SUM")
    new.addNew((total,), 2)
    b.at(LIST).applySubTotals(new, True)


def texts(b):
    for column, text in enumerate(ODD_TEXTS, 7):
        b.sheet.getCellByPosition(column, 0).String = text
    coloured = b.at("B3").createTextCursor()
    coloured.gotoStart(False)
    coloured.goRight(1, True)
    coloured.CharColor = 0xFF0000
    link = b.book.createInstance("com.sun.star.text.TextField.URL")
    link.URL, link.Representation, cell = "https://example.org/?a=1&b=2", "链接", b.at("B4")
    cell.insertTextContent(cell.createTextCursor(), link, False)


def other_country(b):
    b.book.CharLocale = Locale("de", "DE", "")
    b.book.NullDate = Date(1, 1, 1904)
    b.sheet.TableLayout = 1  # from right to left
    b.show("E2:E13", "#.##0,00 [$€-407]", "de", "DE")
    b.show("F2:F13", 'YYYY"年"M"月"D"日"', "zh", "CN")


def laid_out(b):
    b.sheet.Rows.insertByIndex(0, 2)
    b.at("A1").String = "任务分解表"
    for place in ("A1:F2", "C5:C9"):
        b.at(place).merge(True)
    b.sheet.group(b.area("A6:A9"), choice("table.TableOrientation", "ROWS"))
    b.sheet.hideDetail(b.area("A6:A9"))
    b.sheet.setPrintAreas((b.area("A1:F15"),))
    b.sheet.setPrintTitleRows(True)
    b.sheet.setTitleRows(b.area("A3:F3"))
    b.sheet.Rows.getByIndex(10).IsStartOfNewPage = True
    b.sheet.Columns.getByIndex(3).CellBackColor = b.sheet.Rows.getByIndex(20).CellBackColor = 0xEEEEEE
    b.sheet.Scenarios.addNewByName("方案", (b.area("D4:E6"),), "说明")


KINDS = (
    *(pivot, pivot_beside_its_list, drawings, rules, locked, hidden, filtered, formulas, subtotals, texts),
    *(other_country, laid_out),
)


def main():
    context, folder = connect(sys.argv[1]), Path(sys.argv[2])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    for kind in KINDS:
        book = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
        kind(Book(context, book))
        target = folder / f"{kind.__name__}.xlsx"
        book.storeToURL(target.as_uri(), properties(FilterName="Calc MS Excel 2007 XML"))
        book.close(True)


if __name__ == "__main__":
    main()
