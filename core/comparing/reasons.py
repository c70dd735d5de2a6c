"""Why two tasks were taken for one, in Chinese words that a person can check. Pure."""

from collections.abc import Mapping
from operator import add

from core.comparing.likeness import Likeness, Pair
from core.comparing.tasks import SideTask

SAME = 0.999
WORDS = 3
LONGEST = 12
_KINDS = {"title": "标题", "text": "正文"}
_DEGREES = {False: ("相同", "相近（{}%）"), True: ("全部见于其中", "有{}%见于其中")}


def percent(score: float) -> int:
    """A score as people read it, 0–100."""
    return round(100 * score)


def reason(likeness: Likeness, pair: Pair) -> str:
    """What the two have in common: title, text with their rarest common words, template, numbers; and how much."""
    old, new = likeness.old[pair.old], likeness.new[pair.new]
    whole, part = _DEGREES[likeness.within]
    said = [
        name + (whole if alike >= SAME else part.format(percent(alike)))
        for kind, name in _KINDS.items()
        if (alike := pair.alike.get(kind))
    ]
    if min(pair.alike.get(kind, 1.0) for kind in _KINDS) < SAME:
        words = _common_words(likeness.rarity, old, new)
        said += [f"共有{''.join(f'“{word}”' for word in words)}"] if words else []
    said += [f"同属模板“{title}”" for title in sorted(old.templates & new.templates)]
    numbers = sorted(mark.partition(":")[2] for mark in old.marks["number"] & new.marks["number"])
    return "，".join(said + ([f"同有“{'”“'.join(numbers)}”"] if numbers else []))


def _common_words(rarity: Mapping[str, float], old: SideTask, new: SideTask) -> list[str]:
    """The longest stretches that both have, by the rarity of what they are made of, the weightiest first."""
    shared = (old.marks["title"] | old.marks["text"]) & (new.marks["title"] | new.marks["text"])
    found: dict[str, float] = {}
    for text in (new.plain_title, new.plain_text):
        start, weight = 0, 0.0
        for end, pair in enumerate([*map(add, text, text[1:]), ""], 1):
            if pair in shared:
                weight += rarity[pair]
            else:
                if weight:
                    found[text[start:end]] = max(weight, found.get(text[start:end], 0.0))
                start, weight = end, 0.0
    best = sorted(found, key=lambda word: (-found[word], word))
    apart = [word for n, word in enumerate(best) if not any(word in other for other in best[:n])][:WORDS]
    return [word if len(word) <= LONGEST else f"{word[:LONGEST]}…" for word in apart]
