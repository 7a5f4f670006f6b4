"""The boot matrix as it stands in tests/boot/matrix.json, which says itself what its words mean: values, and rows of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pith.errors import PithError
from pith.pairwise import Row, Space, cover

EMULATORS = ("qemu", "bochs")


@dataclass(frozen=True)
class Value:
    """A value of a dimension: what it is to an emulator, and what has to come of it."""

    name: str
    cpu: str = ""
    flags: str = ""                 # behind the processor's name
    memory: str = ""                # as QEMU says it
    megs: int = 0                   # as Bochs does
    cpuid: tuple[str, ...] = ()     # Bochs's generic processor with all that it can have, but for these
    boot: str = ""
    medium: str = ""
    model: str = ""
    cpus: int = 0
    qemu: tuple[str, ...] = ()      # more arguments
    serial: bool = True
    screen: bool = True
    keyboard: bool = True
    says: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    least: int = 0
    refuses: str = ""
    cannot_power_off: str = ""
    once: bool = False              # it does not meet all others, but has one row


@dataclass(frozen=True)
class Case:
    """A row: one machine."""

    emulator: str
    values: tuple[Value, ...]
    is_fast: bool = False

    @property
    def name(self) -> str:
        return "/".join([self.emulator, *(value.name for value in self.values)])

    def get(self, what: str) -> Any:
        """What one of its values says of that; nothing if none does."""
        return next((found for value in self.values if (found := getattr(value, what))), "")

    def all(self, what: str) -> list[str]:
        """What its values say of that, together."""
        return [text for value in self.values for text in getattr(value, what)]

    def has(self, device: str) -> bool:
        return all(getattr(value, device) for value in self.values)


@dataclass(frozen=True)
class Matrix:
    """The machines of one emulator."""

    emulator: str
    meet: int                                       # how many values meet in all combinations that can be
    dimensions: Mapping[str, Mapping[str, Value]]
    exclusions: Sequence[Mapping[str, Any]]
    fast: Sequence[Row]

    def space(self) -> Space:
        """What meets each other: all that is not refused, and does not come once only."""
        return self._space_of({name: [value.name for value in values.values() if not value.refuses and not value.once]
                               for name, values in self.dimensions.items()})

    def space_around(self, dimension: str, name: str) -> Space:
        """One value, with all that is not refused."""
        return self.space().restricted(dimension, name)

    def _space_of(self, names: Mapping[str, Sequence[str]]) -> Space:
        return Space(names, [{name: values for name, values in exclusion.items() if name != "why"}
                             for exclusion in self.exclusions])

    def refused(self) -> list[tuple[str, str]]:
        """Dimension and name of all values that are refused, and meet all others."""
        return [marked for marked in self._marked("refuses") if marked not in self.once()]

    def once(self) -> list[tuple[str, str]]:
        return self._marked("once")

    def _marked(self, what: str) -> list[tuple[str, str]]:
        return [(name, value.name) for name, values in self.dimensions.items() for value in values.values()
                if getattr(value, what)]

    def rows(self) -> list[Row]:
        """All but the fast ones, which stand in the file."""
        rows = cover(self.space(), self.meet)
        for dimension, name in self.refused():
            rows += cover(self.space_around(dimension, name), self.meet, having=dimension)
        rows += [self._completed({dimension: name}) for dimension, name in self.once()]
        return [row for row in rows if row not in self.fast_rows()]

    def fast_rows(self) -> list[Row]:
        return [self._completed(part) for part in self.fast]

    def _completed(self, part: Row) -> Row:
        """A row that has this part, and else the first values that can be."""
        names = {name: [part[name]] if name in part else list(values) for name, values in self.dimensions.items()}
        space = self._space_of(names)
        row: Row = {}
        for name, values in names.items():
            if (value := next((value for value in values if space.can_be({**row, name: value})), None)) is None:
                raise PithError(f"the boot matrix excludes the row {part}")
            row[name] = value
        return row

    def cases(self) -> Iterator[Case]:
        """The machines, those of the fast subset first."""
        for rows, is_fast in ((self.fast_rows(), True), (self.rows(), False)):
            for row in rows:
                yield Case(self.emulator, tuple(self.dimensions[name][row[name]] for name in self.dimensions), is_fast)


def read(path: Path) -> list[Matrix]:
    """Reads the table; raises PithError if it is wrong."""
    return parse(json.loads(path.read_text()))


def parse(data: Mapping[str, Any]) -> list[Matrix]:
    return [_matrix(emulator, data[emulator]) for emulator in EMULATORS if emulator in data]


def _matrix(emulator: str, data: Mapping[str, Any]) -> Matrix:
    dimensions = {name: {value: _value(value, entry) for value, entry in values.items()}
                  for name, values in data["dimensions"].items()}
    for exclusion in data["exclude"]:
        if not exclusion.get("why"):
            raise PithError(f"the boot matrix does not say why it excludes {exclusion}")
        for name, values in exclusion.items():
            if name != "why":
                _must_be_known(dimensions, name, values)
    for row in data["fast"]:
        for name, value in row.items():
            _must_be_known(dimensions, name, [value])
    return Matrix(emulator, data["meet"], dimensions, data["exclude"], data["fast"])


def _must_be_known(dimensions: Mapping[str, Mapping[str, Value]], name: str, values: Sequence[str]) -> None:
    for value in values:
        if value not in dimensions.get(name, {}):
            raise PithError(f"the boot matrix has no '{value}' in a dimension '{name}'")


def _value(name: str, entry: Mapping[str, Any]) -> Value:
    if unknown := set(entry) - {field.name for field in fields(Value)}:
        raise PithError(f"the boot matrix says of '{name}' what nobody reads: {', '.join(sorted(unknown))}")
    return Value(name, **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
