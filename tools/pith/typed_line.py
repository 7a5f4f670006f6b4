"""The line that was typed last at a prompt, and what came of it: where it stands among all that a machine has shown."""

import re

from pith.errors import PithError
from pith.prompt import Prompt

UNSHOWN = "\ufffd"      # in place of characters that may take more cells than one (kernel/input/text.hpp)


class TypedLine:
    """`start` is the row of its prompt. What is typed by keys that edit, only the kernel knows."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self.start = prompt.rendering.row
        self._text: str | None = None
        self._has_begun = self._is_answered = False

    def begin(self) -> None:
        """Something is about to be typed: into an empty line, or behind what stands there."""
        self._has_begun, self._is_answered = True, False
        if self._prompt.is_empty():
            self.start, self._text = self._prompt.rendering.row, ""
        elif prompts := self.prompts():   # further down, if something was said above it
            self.start += prompts[-1]

    def add(self, text: str) -> None:
        if self._text is not None:
            self._text += text

    def is_edited(self) -> None:
        """From here on it is not known what stands there."""
        self._text = None

    def answer(self) -> None:
        """The answer has come."""
        self._is_answered = True

    def is_open(self) -> bool:
        """Whether more may come of it."""
        return self._has_begun and not self._is_answered

    def prompts(self) -> list[int]:
        """The rows, counted from its own, in which a prompt stands."""
        return [number for number, row in enumerate(self._rows()) if row.startswith(self._prompt.text)]

    def is_shown(self) -> bool:
        """Whether it stands there as it was typed, as far as that is known."""
        return self._text is None or self._pattern().fullmatch("".join(self._rows()[:self._height(0)])) is not None

    def check(self) -> None:
        """Raises an error unless it does."""
        if not self.is_shown():
            raise PithError(f"'{self._text}' was typed, and this stands there: '{self._rows()[0]}'")

    def since(self) -> list[str]:
        """The rows that came since: its answer or, while there is none, itself and what came behind it."""
        if not self._has_begun:
            return self._prompt.rendering.rows()
        rows, prompts = [row.rstrip() for row in self._rows()], self.prompts()
        if not self._is_answered or not prompts:
            return rows
        is_back = self._prompt.is_empty() and len(prompts) > 1
        first = prompts[-2] if is_back else prompts[-1]
        return rows[first + self._height(first):prompts[-1] if is_back else len(rows)]

    def _rows(self) -> list[str]:
        return self._prompt.rendering.rows(self.start)

    def _height(self, first: int) -> int:
        """How many rows the line takes that begins there: the kernel breaks long ones."""
        rows, length, height = self._rows()[first:], 0, 0
        while height < len(rows) and (height == 0 or length < len(self._prompt.text + (self._text or ""))):
            length += len(rows[height])
            height += 1
        return height

    def _pattern(self) -> re.Pattern[str]:
        """What it may look like: not all characters are shown."""
        return re.compile("".join(re.escape(character) if character.isascii() else f"[{character}{UNSHOWN}]"
                                  for character in self._prompt.text + (self._text or "")))
