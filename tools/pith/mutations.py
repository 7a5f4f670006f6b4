"""Makes wrong numbers, wrong bytes and wrong lists out of right ones, by a chance that a seed reproduces."""

import random
import struct
from collections.abc import Callable, Sequence

# Where something is in a PC's memory, or where memory ends.
PLACES = (0, 0x1000, 0x9FC00, 0xA0000, 0xB8000, 0xF0000, 0x100000, 0x180000, 0x200000, 0x7FE0000, 0x8000000, 0x80000000,
          0xFD000000, 0xFEC00000, 0xFED00000, 0xFEE00000, 0xFFFF0000, 0xFFFFF000, 1 << 32, (1 << 40) - 4096, 1 << 40,
          1 << 46, 1 << 47, (1 << 52) - 4096, (1 << 52) - 1, 1 << 52, 1 << 63)


class Chance(random.Random):
    """What is done is drawn here: the same name draws the same."""

    def is_one_in(self, number: int) -> bool:
        return self.randrange(number) == 0

    def number(self, bits: int, right: int) -> int:
        """A number of so many bits in place of the right one."""
        most = (1 << bits) - 1
        kinds: Sequence[Callable[[], int]] = (
            lambda: self.choice((0, 1, 2, 7, 8, 0xFF, most, most - 1, most // 2, most // 2 + 1)),
            lambda: right + self.choice((-1, 1, -8, 8, -4096, 4096)),
            lambda: right ^ 1 << self.randrange(bits),
            lambda: self.choice(PLACES) + self.choice((0, 0, 0, 1, -1, 4, 0x800)),
            lambda: 1 << self.randrange(bits),
            lambda: self.getrandbits(bits),
        )
        return self.choice(kinds)() & most

    def bytes_like(self, right: bytes, most_changes: int = 8) -> bytes:
        """As many bytes, of which a few are others."""
        wrong = bytearray(right)
        for _ in range(self.randint(1, most_changes) if wrong else 0):
            place = self.randrange(len(wrong))
            wrong[place] = self.number(8, wrong[place])
        return bytes(wrong)

    def field(self, data: bytearray, offset: int, layout: str) -> None:
        """Puts a wrong number into a field."""
        right, = struct.unpack_from("<" + layout, data, offset)
        struct.pack_into("<" + layout, data, offset, self.number(8 * struct.calcsize(layout), right))

    def entries_like(self, right: Sequence[bytes], change: Callable[["Chance", bytes], bytes]) -> list[bytes]:
        """A list in which some entries are changed, doubled, left out, moved, or very many."""
        wrong = list(right)
        for _ in range(self.randint(1, 4)):
            if not wrong:
                break
            place, kind = self.randrange(len(wrong)), self.randrange(8)
            if kind < 4:
                wrong[place] = change(self, wrong[place])
            elif kind == 4:
                wrong.insert(self.randrange(len(wrong)), change(self, wrong[place]))
            elif kind == 5:
                wrong.append(wrong.pop(place))
            elif kind == 6 and self.is_one_in(2):
                del wrong[place]
            elif kind == 6:
                wrong.extend(change(self, wrong[place]) for _ in range(self.choice((3, 40, 200))))
            else:
                self.shuffle(wrong)
        return wrong
