"""Reads a page of the built book: its listings and its commands, as the page shows them.

The site marks both (book/.vitepress): a listing stands in an element with `data-file` and `data-region`, a block of commands that
are typed by who follows the chapter in one with `data-follow`. The text is what is in the block's <code>.
"""

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Block:
    """A block of code. It comes from `file`, or else is a block of commands to type."""

    file: str
    region: str
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self._open: list[tuple[str, bool]] = []   # the elements that we are in, and whether one is a block
        self._code = 0                            # how many <code> of a block we are in

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        has = dict(attributes)
        is_block = "data-file" in has or "data-follow" in has
        if is_block:
            self.blocks.append(Block(has.get("data-file") or "", has.get("data-region") or ""))
        self._open.append((tag, is_block))
        self._code += tag == "code" and self._is_in("pre")

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            was = self._open[-1][0]
            self._code -= was == "code" and self._is_in("pre")
            self._open.pop()
            if was == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._code > 0 and any(is_block for _, is_block in self._open):
            self.blocks[-1].text += data

    def _is_in(self, tag: str) -> bool:
        return any(open_tag == tag for open_tag, _ in self._open)


def blocks(html: str) -> list[Block]:
    """The marked blocks of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks
