"""What a terminal would show of what a machine sent: rows of text, however often they were changed on the way.

It knows what the kernel's own screens know (kernel/console/text_layout.cpp), and has as many rows as it takes: nothing
scrolls away. Clearing the screen begins a page below the old one.
"""

import codecs
import re

_TOKEN = re.compile(r"\x1b\[(?P<private>[<-?]?)(?P<numbers>[0-9;:]*)[ -/]*(?P<final>[@-~])"
                    r"|\x1b[ -/]+[0-~]|\x1b[^\[ -/]|(?P<character>[^\x1b])", re.DOTALL)
TAB = 8


class Rendering:
    """Takes bytes as they come; `row` and `column` are where the cursor is, `page` is the screen's first row."""

    def __init__(self) -> None:
        self.row = self.column = self.page = 0
        self._cells: list[list[str]] = [[]]
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._incomplete = ""

    def feed(self, data: bytes) -> None:
        text = self._incomplete + self._decoder.decode(data)
        at = 0
        while token := _TOKEN.match(text, at):
            at = token.end()
            if token["character"]:
                self._put(token["character"])
            elif token["final"] and not token["private"]:
                self._control(token["final"], [int(number or 0) for number in re.split("[;:]", token["numbers"])])
        self._incomplete = text[at:]

    def rows(self, first: int = 0) -> list[str]:
        """The rows from that number on, with the blanks at their right: the cursor may stand behind them."""
        end = len(self._cells)
        while end > self.row + 1 and not self._cells[end - 1]:
            end -= 1
        return ["".join(cells) for cells in self._cells[first:end]]

    def _put(self, character: str) -> None:
        if character == "\n":
            self._go_to(self.row + 1, self.column)
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(self.column - 1, 0)
        elif character == "\t":
            self.column += TAB - self.column % TAB
        elif character >= " " and character != "\x7f":
            cells = self._cells[self.row]
            cells.extend(" " * (self.column + 1 - len(cells)))
            cells[self.column] = character
            self.column += 1

    def _control(self, final: str, numbers: list[int]) -> None:
        first = max(numbers[0], 1)
        if final == "A":
            self._go_to(max(self.row - first, self.page), self.column)
        elif final == "C":
            self.column += first
        elif final == "D":
            self.column = max(self.column - first, 0)
        elif final == "H":
            self._go_to(self.page + first - 1, max(numbers[1], 1) - 1 if len(numbers) > 1 else 0)
        elif final == "J":
            self._erase(numbers[0])

    def _erase(self, what: int) -> None:
        if what == 0:
            del self._cells[self.row][self.column:]
            del self._cells[self.row + 1:]
        elif what == 2:
            column, below = self.column, self.row - self.page
            self.page = len(self._cells)
            self._go_to(self.page + below, column)

    def _go_to(self, row: int, column: int) -> None:
        self.row, self.column = row, column
        self._cells.extend([] for _ in range(row + 1 - len(self._cells)))
