"""The hand that works LibreOffice, run by a Python that has `uno` (Debian: python3-uno); no part of our code is here.

`office_hand.py PIPE` reads one order per line from standard input, as JSON, and answers each with one line:
{"open": path, "acts": [[name, argument, …], …], "save": path, "filter": name}. Acts go through the same commands as
the menus where these have one (typing), and through the spreadsheet's own interface otherwise.
"""

import json
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import TableSortField

PATIENCE = 60
"""Seconds for the program to start."""


def connect(pipe):
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def properties(**values):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


class Hand:
    """One open workbook, its first sheet in front."""

    def __init__(self, context, path):
        create = context.ServiceManager.createInstanceWithContext
        desktop = create("com.sun.star.frame.Desktop", context)
        self._dispatcher = create("com.sun.star.frame.DispatchHelper", context)
        self.book = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, properties(Hidden=True))
        self.sheet = self.book.Sheets.getByIndex(0)

    def _do(self, command, **values):
        frame = self.book.CurrentController.Frame
        self._dispatcher.executeDispatch(frame, f".uno:{command}", "", 0, properties(**values))

    def _range(self, address):
        return self.sheet.getCellRangeByName(address)

    def type(self, address, text):
        """Put the cursor there and type, so that dates, numbers and percentages become what a person gets."""
        self._do("GoToCell", ToPoint=address)
        self._do("EnterString", StringName=text)

    def sort(self, address, column, descending=False):
        """Data ▸ Sort of a range, by its n-th column."""
        field = TableSortField()
        field.Field, field.IsAscending = column, not descending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        self._range(address).sort(properties(SortFields=fields, ContainsHeader=False))

    def insert_row(self, number):
        self.sheet.Rows.insertByIndex(number - 1, 1)

    def delete_row(self, number):
        self.sheet.Rows.removeByIndex(number - 1, 1)

    def copy_row(self, number, to):
        """Copy a whole row and insert it."""
        self.insert_row(to)
        source = number + (to <= number)
        width = self.sheet.Columns.Count
        self._copy((0, source - 1, width - 1, source - 1), (0, to - 1))

    def move_column(self, index, to):
        """Cut the n-th column (from 0) and insert it before another."""
        self.sheet.Columns.insertByIndex(to, 1)
        source = index + (to <= index)
        height = self.sheet.Rows.Count
        self._copy((source, 0, source, height - 1), (to, 0))
        self.sheet.Columns.removeByIndex(source, 1)

    def _copy(self, area, to):
        where = self.sheet.getCellByPosition(*to).CellAddress
        self.sheet.copyRange(where, self.sheet.getCellRangeByPosition(*area).RangeAddress)

    def save(self, path, kind):
        self.book.storeToURL(Path(path).as_uri(), properties(FilterName=kind))


def carry_out(context, order):
    hand = Hand(context, order["open"])
    try:
        for name, *arguments in order["acts"]:
            getattr(hand, name)(*arguments)
        hand.save(order["save"], order["filter"])
    finally:
        hand.book.close(True)


def main():
    context = connect(sys.argv[1])
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        try:
            carry_out(context, json.loads(line))
            print(json.dumps("done"), flush=True)
        except Exception as failure:  # noqa: BLE001 (the person is to be told whatever it was)
            print(json.dumps(f"{type(failure).__name__}: {failure}"), flush=True)


if __name__ == "__main__":
    main()
