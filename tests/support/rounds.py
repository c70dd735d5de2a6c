"""The simulator with rounds in it: packets in several hands, sent back late, twice and corrected, while office copies
are synced. The oracle judges for itself which values have been corrected by a later return of the same packet."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bridges.sync.merge import plan_pass
from bridges.sync.model import ID
from bridges.sync.plan import Records
from bridges.sync.returns import Edit, Returned, review, settled_view
from bridges.sync.stamp import Stamp, read_stamp, write_stamp
from bridges.sync.values import is_blank
from bridges.table import CellKey, Scalar
from tests.support.moves import run_or_tell
from tests.support.oracle import BY_KEY, TABLE, UID, UNITS, File, Typed, clock, reading
from tests.support.simulator import World

TEXTS = ("title", "unit", "text")
MOST_HANDS = 6


@dataclass(frozen=True)
class Said:
    """What one return says: (row, field) → (value, understood)."""

    version: str
    cells: Mapping[tuple[str, str], tuple[Scalar, bool]]

    def succeeds(self, other: "Said") -> bool:
        """It changes all that the other changed, and more, with an equal free text among it."""
        shared = (self.cells[at] for at in other.cells if at[1] in TEXTS and self.cells.get(at) == other.cells[at])
        return self.cells.keys() > other.cells.keys() and any(ok and value for value, ok in shared)


class Rounds(World):
    """`hands`: workbooks at the units; `post`: what they sent, which arrives when it likes, as often as it likes."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.hands: list[File] = []
        self.post: list[File] = []
        self.received: dict[str, dict[str, list[Returned]]] = {unit: {} for unit in UNITS}
        self.said: list[Said] = []
        self.listed: set[tuple[CellKey, Scalar]] = set()
        self.contents: set[str] = set()
        self.by_version: set[tuple[str, CellKey, Scalar]] = set()
        self.hand_out()

    # ------------------------------------------------------------ what people do

    def hand_out(self) -> None:
        """A packet for each unit."""
        for unit in UNITS if len(self.hands) < MOST_HANDS else ():
            self.hands.append(self._export(self._unique(f"表{unit}"), unit))
            self.log.append(f"hand out {self.hands[-1].name}")

    def _hand(self) -> File | None:
        filled = [hand for hand in self.hands if hand.copy.rows]
        return self.rng.choice(filled) if filled else None

    def pass_on(self) -> None:
        """Somebody else at the unit gets the file as it is now."""
        hand = self._hand()
        if hand and len(self.hands) < MOST_HANDS:
            self.hands.append(hand.save_as(self._unique(hand.name + "之")))
            self.log.append(f"pass on {hand.name} as {self.hands[-1].name}")

    def fill_in(self) -> None:
        """A few cells of the units' own columns, now and then one that is not theirs."""
        if hand := self._hand():
            self._fill(hand, self.rng.randint(2, 4))

    def _fill(self, hand: File, number: int) -> None:
        for _ in range(number):
            row = self.rng.choice(hand.copy.rows[: self.rng.choice((2, 9))])
            key = self.rng.choice(("status", "text", "text", "text", "count", "title"))
            row[key] = self._value(key)
            self.log.append(f"fill in {hand.name} {row[ID]} {key} = {row[key]!r}")

    def correct(self) -> None:
        """What was sent is opened again: an edit is typed otherwise, more is filled in, and it is sent anew."""
        if not self.post:
            return
        file = self.rng.choice(self.post)
        again = file.save_as(self._unique(file.name + "改"))
        edited = [
            (row, key) for row in again.copy.rows for key in BY_KEY if row.get(key) != again.left.get((row[UID], key))
        ]
        if edited and self.rng.random() < 0.7:
            row, key = self.rng.choice(edited)
            row[key] = self._value(key)
            self.log.append(f"correct {again.name} {row[ID]} {key} = {row[key]!r}")
        self._fill(again, self.rng.randint(1, 2))
        self.post.append(again)

    def send_back(self) -> None:
        hand = self._hand()
        if hand:
            self.post.append(hand.save_as(self._unique(hand.name + "回")))
            self.log.append(f"send back {hand.name} as {self.post[-1].name}")

    def sort_hand(self) -> None:
        hand = self._hand()
        if hand:
            self.sort(hand)

    def arrive(self) -> None:
        """One of all that was ever sent back arrives, for the first time or again."""
        if self.post:
            self.collect(self.rng.choice(self.post))

    # ------------------------------------------------------------ what the office does

    def collect(self, file: File) -> None:
        """One return; the same content is taken once."""
        stamp = read_stamp(file.copy.stamp(), self.store.key())
        content = repr((stamp, sorted(file.cells().items(), key=repr)))
        if content in self.contents:
            return
        before = self.store.load(stamp)
        one = review(file.copy.read(TABLE), before, self.received[file.holder])
        plan = one.complete(plan_pass(one.copy, one.before, who=file.holder, at=clock().isoformat()))
        self.log.append((f"collect {file.name} of {stamp.pass_id}", plan, [plan.pass_id, *map(_tell, one.corrected)]))
        if plan.stopped:
            return
        self.contents.add(content)
        number = 0
        if replace(plan.records, base=()) != Records():
            self.store.commit(plan, before.revision)
            number = self.store.passes[plan.pass_id].number
        returned = Returned(one.edits, number, one.corrected)
        self.received[file.holder].setdefault(stamp.pass_id, []).append(returned)
        self.listed |= {((self._owner(edit.row, edit.field), edit.field), edit.value.norm) for edit in one.corrected}
        self._log_return(file, stamp)
        self._check()
        if self.rng.random() < 0.3:
            self._reply(file, stamp)

    def _reply(self, file: File, stamp: Stamp) -> None:
        """The return with messages in it goes back to the unit: a new version."""
        if len(self.hands) >= MOST_HANDS:
            return
        reply = file.save_as(self._unique(file.name + "复"))
        before = settled_view(self.store.load(stamp), self.received[file.holder])
        plan = plan_pass(reply.copy.read(TABLE), before, who=file.holder, at=clock().isoformat())
        if plan.stopped:
            return
        self.store.commit(plan, before.revision)
        reply.copy.write(plan, write_stamp(replace(stamp, pass_id=plan.pass_id), self.store.key()), TABLE)
        self.store.confirm(plan.pass_id, "")
        self._number(reply)
        reply.left = reply.last = reply.cells()
        self.hands.append(reply)
        self.log.append((f"reply {reply.name}", plan, [plan.pass_id]))

    def finish(self) -> None:
        """All that was sent arrives."""
        for file in self.post:
            self.collect(file)
        super().finish()

    # ------------------------------------------------------------ the oracle

    def _log_return(self, file: File, stamp: Stamp) -> None:
        cells = {(id_, key): (value, ok) for id_, key, value, ok, _ in self._typed_in(file)}
        self.said.append(Said(stamp.pass_id, cells))
        for id_, key, value, ok, seen in self._typed_in(file):
            cell = self._owner(id_, key), key
            right = self._right(file, id_, key)
            if not ok:
                self.seen[cell] |= seen  # what was not understood gives up the candidate it was typed over
            elif right == "propose":
                if (cell, value) not in self.listed or self._stands(cell, value):
                    self._demand_proposal(file, id_, key, value)
            elif right == "edit" and value in seen:
                self.seen[cell] |= seen - {value}  # back to what was there, or 采用系统 by typing its value
            elif right == "edit" and (stamp.pass_id, cell, value) not in self.by_version:
                self.by_version.add((stamp.pass_id, cell, value))
                self._assert(cell, value, seen, 0, key, file.name)

    def _typed_in(self, file: File) -> Iterator[tuple[str, str, Scalar, bool, set[Scalar]]]:
        """(row, field, value, understood, what its author had seen) of each cell that is not as it was left."""
        for row in file.copy.rows:
            for key, column in BY_KEY.items():
                at, raw = (row[UID], key), row.get(key)
                if not row[ID] or row[ID] not in self.store.rows or at not in file.left or column.owner == "derived":
                    continue
                said, left = reading(key, raw), reading(key, file.left[at])
                same = raw == file.left[at]
                if not said.trouble and not left.trouble and is_blank(raw) == is_blank(file.left[at]):
                    same = said.value.norm == left.value.norm
                if not same and not (is_blank(raw) and column.blank == "keep"):
                    seen = {left.value.norm, *self._named(column, str(file.left.get((row[UID], "#note")) or ""))}
                    yield row[ID], key, said.value.norm, not said.trouble, seen

    def _kept(self, typed: Typed) -> bool:
        corrected = (typed.cell, typed.value) in self.listed and not self._stands(typed.cell, typed.value)
        return corrected or super()._kept(typed)

    def _stands(self, cell: CellKey, value: Scalar) -> bool:
        """Some return says this value, and none of that return's successors corrects it."""
        return any(
            said == (value, True) and (self._owner(*at), at[1]) == cell and not self._is_corrected(one, at)
            for one in self.said
            for at, said in one.cells.items()
        )

    def _is_corrected(self, one: Said, at: tuple[str, str]) -> bool:
        later = (other for other in self.said if other.version == one.version and other.succeeds(one))
        return any(other.cells[at][1] and other.cells[at] != one.cells[at] for other in later)


def _tell(edit: Edit) -> str:
    return f"corrected {edit.row} {edit.field} {edit.value.norm!r}"


ACTS: Mapping[str, tuple[int, Callable[[Rounds], object]]] = {
    "fill_in": (14, Rounds.fill_in),
    "send_back": (8, Rounds.send_back),
    "correct": (8, Rounds.correct),
    "arrive": (14, Rounds.arrive),
    "pass_on": (3, Rounds.pass_on),
    "hand_out": (1, Rounds.hand_out),
    "sort_hand": (1, Rounds.sort_hand),
    "office": (36, lambda world: World.step(world, world.rng.getrandbits(32))),
}
WEIGHTS = [weight for weight, _ in ACTS.values()]


def play(seed: int, moves: Sequence[int]) -> None:
    """The history of these moves in the seed's world; raises `Broken` when the promise does not hold."""
    world = Rounds(random.Random(seed))
    for move in moves:
        world.rng.seed(move)
        ACTS[world.rng.choices(tuple(ACTS), WEIGHTS)[0]][1](world)
    world.finish()


def run_history(seed: int, steps: int = 40) -> None:
    """One random history; raises `Broken` with its seed and the shortest story that breaks as well."""
    run_or_tell(partial(play, seed), seed, steps)
