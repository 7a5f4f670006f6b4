"""The functions of a kernel by their addresses."""

import bisect
from collections.abc import Iterable

from pith import symbols
from pith.errors import PithError


class Functions:
    """Pairs of where a function begins and what it is called, in any order."""

    def __init__(self, found: Iterable[tuple[int, str]]) -> None:
        self._found = sorted(found)
        self._starts = [start for start, _ in self._found]

    @classmethod
    def of(cls, elf: bytes) -> "Functions":
        found = [symbol for symbol in symbols.read_code_symbols(elf) if symbol.is_function]
        names = map(symbols.shorten, symbols.demangle([symbol.name for symbol in found]))
        return cls(zip((symbol.start for symbol in found), names, strict=True))

    def at(self, address: int) -> str:
        """The name of the function that has this address, or begins last before it."""
        place = bisect.bisect_right(self._starts, address) - 1
        return self._found[place][1] if place >= 0 else "?"

    def start_of(self, name: str) -> int:
        """Where the one with this name begins."""
        starts = [start for start, other in self._found if other == name]
        if len(starts) != 1:
            raise PithError(f"there are {len(starts)} functions called {name}")
        return starts[0]
