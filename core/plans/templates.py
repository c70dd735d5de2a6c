"""Task templates: kinds of tasks that an agency's documents ask for, recognised in a plan by their words. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class TaskTemplate:
    """A kind of task. `key` begins with the plugin's key and a dot.

    `keywords` are alternatives; words joined by `+` must all occur. `evidence` is what the office asks the units for
    (佐证), `limit` what the rules of the agency or the law set and no `Rule` says: in words.
    """

    key: str
    title: str
    keywords: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    limit: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.keywords, str) or not all(all(k.split("+")) for k in self.keywords) or not self.keywords:
            raise ValueError(f"template {self.key!r} has no usable keywords")


@dataclass(frozen=True)
class Match:
    """A template that fits a task, and why, as a Chinese sentence that names the words found."""

    template: str
    reason: str


def _fold(text: str) -> str:
    # documents carry stray spaces inside words and both widths of punctuation
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


@cache
def _words(alternative: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, _fold(word)) for word in alternative.split("+"))


def _found(folded: str, template: TaskTemplate) -> tuple[str, ...]:
    """The words of the first alternative that occurs in full; none when none does."""
    for alternative in template.keywords:
        words = _words(alternative)
        if all(word in folded for _, word in words):
            return tuple(written for written, _ in words)
    return ()


def match_templates(text: str, templates: Iterable[TaskTemplate]) -> list[Match]:
    """The templates that fit a task, in their declared order.

    Give its text, and its title only where there is none: the parts of one paragraph share a title.
    """
    folded = _fold(text)
    found = [(template, _found(folded, template)) for template in templates]
    return [
        Match(template.key, f"文中有{''.join(f'“{word}”' for word in words)}，与“{template.title}”相符")
        for template, words in found
        if words
    ]


def template_rows(task_id: int, text: str, templates: Iterable[TaskTemplate]) -> list[dict[str, Any]]:
    """The templates that fit a task, as they are kept (`core.plans.models.TemplateMatch`)."""
    return [
        {"task_id": task_id, "plugin": m.template.partition(".")[0], "template": m.template, "reason": m.reason}
        for m in match_templates(text, templates)
    ]
