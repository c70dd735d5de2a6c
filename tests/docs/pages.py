"""The pages of the documentation, and what in them can be run or checked."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("tenants", "core", "bridges", "plugins")
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.M)


class Page(NamedTuple):
    """One page, read."""

    path: Path
    text: str

    @property
    def prose(self) -> str:
        """The page without its code blocks."""
        return _BLOCK.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """Its fenced blocks in one language, in order."""
        return [body for found, body in _BLOCK.findall(self.text) if found == language]

    def commands(self) -> list[str]:
        """The lines of its `sh` blocks, without comments; continued lines are one."""
        lines = "".join(self.blocks("sh")).replace("\\\n", " ").splitlines()
        bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
        return [line for line in bare if line]

    def links(self) -> list[str]:
        """Its links that do not lead into the network."""
        return [link for link in _LINK.findall(self.prose) if not link.startswith(("http://", "https://", "mailto:"))]

    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub makes them."""
        return {_slug(heading) for heading in _HEADING.findall(self.prose)}

    def table(self, heading: str) -> list[list[str]]:
        """The cells of the first table below a heading, without its header."""
        below = self.text.split(f"\n## {heading}\n", 1)[1]
        rows = re.search(r"(?:^\|.*\n)+", below + "\n", re.M)[0].splitlines()[2:]
        return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]


def _slug(heading: str) -> str:
    kept = (c for c in heading.lower() if c in "- _" or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def read(path: Path | str) -> Page:
    """A page by its path below the repository."""
    path = ROOT / path
    return Page(path, path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """A page's name in test ids."""
    return str(path.relative_to(ROOT))
