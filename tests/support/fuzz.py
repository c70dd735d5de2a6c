"""Broken workbooks: `python -m tests.support.fuzz --seed 1 --files 1000` (`make fuzz`). Ends by itself.

Each file is a good workbook that was damaged in a few places: bytes of the zip, XML structure, attributes, sizes. It is
read and patched. What counts as a failure: any exception but a WorkbookRefused, a refusal that is no sentence, a read
over the limits of time, a patched file that cannot be read though the damaged one could. A failure prints the seed of
its file; `--seed N --files 1` does that one again.
"""

import argparse
import io
import random
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import openpyxl

from bridges.excel.errors import WorkbookRefused
from bridges.excel.patch import Edit, patch_what_can_be
from bridges.excel.reader import read_grids
from bridges.excel.sandbox import close_workers
from tests.support.hostile import book, parts, sheet, zipped

SECONDS, MEGABYTES = 30, 512
NUMBERS = ("0", "-1", "1", "65536", "4294967295", "99999999999999999999", "1e999", "NaN", "A1", "XFD1048576", "", "A0")
TOKENS = (b"<", b">", b'"', b"&", b"]]>", b"<!--", b"<![CDATA[", b"\0", b"\xff", b"<?", b"</c>", b"<row>", b"&#0;")


def originals() -> list[bytes]:
    """Good workbooks of several makers."""
    made = openpyxl.Workbook()
    tab = made.active
    tab.title = "表"
    for row in range(1, 30):
        tab.append([f"r{row}", "任务", row, row / 7, f"=C{row}*2", None, "文字 <&>"])
    tab.merge_cells("B3:C4")
    tab.auto_filter.ref = "A1:G29"
    made.create_sheet("二")["A1"] = "=表!C1"
    target = io.BytesIO()
    made.save(target)
    rich = sheet(
        '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>乙</t></is></c>'
        '<c r="C1" cm="1"><f t="array" ref="C1:C2">A1:A2</f><v>1</v></c></row><row><c><v>2</v></c></row>',
        '<dimension ref="A1:C2"/><cols><col min="1" max="3" width="9"/></cols>',
        '<autoFilter ref="A1:C2"/><mergeCells count="1"><mergeCell ref="A3:B4"/></mergeCells>',
    )
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", sheet()).replace("xmlns=", "xmlns:x=")
    return [target.getvalue(), book(sheet=rich), book(sheet=prefixed), zipped(parts(sheet=rich))]


# ---------------------------------------------------------------- damage


def _bytes(source: bytes, chance: random.Random) -> bytes:
    """Of the file as it lies on the disk."""
    changed = bytearray(source)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _directory(source: bytes, chance: random.Random) -> bytes:
    """Sizes, offsets and flags in the zip's directory."""
    place = chance.choice([found.start() for found in re.finditer(b"PK\x01\x02|PK\x03\x04|PK\x05\x06", source)])
    changed = bytearray(source)
    at = min(place + chance.randrange(4, 46), len(source) - 4)
    changed[at : at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", chance.randbytes(4)))
    return bytes(changed)


def _cut(source: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.randrange(len(source)) for _ in range(2))
    return chance.choice((source[:b], source[a:], source[:a] + source[b:], source[:b] + source[a:]))


def _in_parts(damage: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    def damaged(source: bytes, chance: random.Random) -> bytes:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        for _ in range(chance.randint(1, 3)):
            name = chance.choice([name for name, content in contents.items() if content] or [""])
            if name:
                contents[name] = damage(contents[name], chance)
        return zipped(contents)

    return damaged


def _attribute(xml: bytes, chance: random.Random) -> bytes:
    found = chance.choice(list(re.finditer(rb'="([^"]*)"', xml)) or [None])
    return xml if found is None else xml[: found.start(1)] + chance.choice(NUMBERS).encode() + xml[found.end(1) :]


def _token(xml: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(xml))
    return xml[:at] + chance.choice(TOKENS) + xml[at + chance.randrange(3) :]


def _element(xml: bytes, chance: random.Random) -> bytes:
    """A tag twice, gone, or somewhere else."""
    tags = list(re.finditer(rb"<[^<>]*>", xml))
    if not tags:
        return xml
    one, other = chance.choice(tags), chance.choice(tags)
    without = xml[: one.start()] + xml[one.end() :]
    at = min(other.start(), len(without))
    moved = without[:at] + one[0] + without[at:]
    return chance.choice((without, moved, xml[: one.end()] + one[0] * chance.randint(1, 50) + xml[one.end() :]))


def _name(source: bytes, chance: random.Random) -> bytes:
    """A part under another name."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(contents))
    others = (
        name.upper(),
        f"/{name}",
        name.replace("/", "\\"),
        f"../{name}",
        f"{name}/",
        chance.choice(list(contents)),
    )
    other = chance.choice(others)
    return zipped({other if key == name else key: content for key, content in contents.items()})


OF_PARTS = (_name, _in_parts(_attribute), _in_parts(_token), _in_parts(_element), _in_parts(_bytes), _in_parts(_cut))
OF_THE_ZIP = (_bytes, _directory, _cut)


def damaged(seed: int, good: list[bytes]) -> bytes:
    """The file of a seed: first its parts are damaged, then perhaps the zip."""
    chance = random.Random(seed)
    source = chance.choice(good)
    of_zip = chance.random() < 0.3
    for _ in range(chance.randint(0 if of_zip else 1, 2)):
        source = chance.choice(OF_PARTS)(source, chance)
    return chance.choice(OF_THE_ZIP)(source, chance) if of_zip else source


# ---------------------------------------------------------------- trial


@dataclass
class Tally:
    """`codes`: how often each refusal came, "" for files that were read. `failures`: seed and what happened."""

    codes: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0.0


def try_one(seed: int, source: bytes, tally: Tally) -> None:
    """Read the file, and patch it."""
    began = time.monotonic()
    names: list[str] = []
    try:
        names = list(read_grids(source))
        tally.codes["read"] += 1
    except WorkbookRefused as refusal:
        tally.codes[refusal.code] += 1
        _check_sentence(seed, refusal, tally)
    except Exception as error:  # noqa: BLE001 that is what is looked for
        tally.failures.append((seed, f"reading: {error!r}"))
    spent = time.monotonic() - began
    tally.slowest = max(tally.slowest, spent)
    if spent > SECONDS:
        tally.failures.append((seed, f"reading took {spent:.0f} s"))
    try:
        edits = [
            Edit(names[0] if names else "表", ref, value) for ref, value in (("A1", "新"), ("B2", 2), ("C40", "下"))
        ]
        patched = patch_what_can_be(source, edits).content
        if names:
            read_grids(patched)
        tally.codes["patched"] += 1
    except WorkbookRefused as refusal:
        _check_sentence(seed, refusal, tally)
    except Exception as error:  # noqa: BLE001 that is what is looked for
        tally.failures.append((seed, f"patching: {error!r}"))


def _check_sentence(seed: int, refusal: WorkbookRefused, tally: Tally) -> None:
    message = refusal.message
    if not message.endswith("。") or "{" in message or "\n" in message:
        tally.failures.append((seed, f"no sentence: {message!r}"))


def run(seed: int, files: int) -> Tally:
    """Try files with the seeds `seed` … `seed + files - 1`."""
    good, tally = originals(), Tally()
    for each in range(seed, seed + files):
        try_one(each, damaged(each, good), tally)
    return tally


def main(arguments: list[str]) -> int:
    """The command; 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=1000)
    options = parser.parse_args(arguments)
    tally = run(options.seed, options.files)
    close_workers()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    for line in _lines(options.files, tally, peak):
        print(line)
    return 1 if tally.failures or peak > MEGABYTES else 0


def _lines(files: int, tally: Tally, peak: int) -> Iterator[str]:
    yield f"{files} files, {len(tally.failures)} failures, slowest {tally.slowest:.2f} s, peak {peak} MB"
    yield from (f"  {code}: {count}" for code, count in tally.codes.most_common())
    yield from (f"  seed {seed}: {what}" for seed, what in tally.failures[:20])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
