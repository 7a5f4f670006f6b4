"""What stands on a VGA text screen: its memory, read as people see it."""

from dataclasses import dataclass

ADDRESS = 0xB8000
COLUMNS, ROWS = 80, 25
SIZE = COLUMNS * ROWS * 2

# Code page 437 has signs where ASCII has control characters.
_SIGNS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
_GLYPHS = _SIGNS + bytes(range(len(_SIGNS), 256)).decode("cp437")


@dataclass(frozen=True)
class Screen:
    """The 4000 bytes of the screen: a character and its colours, line by line."""

    memory: bytes

    def lines(self) -> list[str]:
        """The text, without blanks at the right and without empty lines at the bottom."""
        text = "".join(_GLYPHS[byte] for byte in self.memory[0::2])
        lines = [text[start:start + COLUMNS].rstrip() for start in range(0, len(text), COLUMNS)]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def attributes(self) -> list[list[int]]:
        """The colours of each character: background in the upper four bits, foreground in the lower."""
        colours = list(self.memory[1::2])
        return [colours[start:start + COLUMNS] for start in range(0, len(colours), COLUMNS)]

    def colours_of(self, text: str) -> set[int]:
        """The colours in which the text stands, where it first does; nothing if it stands nowhere."""
        for line, colours in zip(self.lines(), self.attributes()):
            if (start := line.find(text)) >= 0:
                return set(colours[start:start + len(text)])
        return set()
