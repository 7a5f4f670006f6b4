"""Few rows in which every two values of two dimensions meet, where they can meet at all.

    space = Space({"loader": ["pvh", "bios"], "machine": ["pc", "microvm"]}, [{"loader": ["bios"], "machine": ["microvm"]}])
    cover(space, 2)      each two values; cover(space, 1): each value

A row is greedy: it begins with a combination that no row has yet, and takes what brings most others along. Where nothing
does, it takes the value that stands first in its dimension. There is no chance in it: the same space gives the same rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

Row = dict[str, str]                        # a value of each dimension
Combination = tuple[tuple[str, str], ...]   # values of some dimensions, in the order of dimensions


@dataclass(frozen=True)
class Space:
    """The values of each dimension, and what cannot be: rows that have one of these values in each dimension named."""

    dimensions: Mapping[str, Sequence[str]]
    exclusions: Sequence[Mapping[str, Sequence[str]]] = ()

    def combinations(self, strength: int) -> Iterator[Combination]:
        """Of so many dimensions each, whether they can meet or not."""
        for names in combinations(self.dimensions, strength):
            yield from product(*([(name, value) for value in self.dimensions[name]] for name in names))

    def can_be(self, part: Row) -> bool:
        """Whether there is a row that has this part."""
        if self._is_excluded(part):
            return False
        missing = next((name for name in self.dimensions if name not in part), None)
        return missing is None or any(self.can_be({**part, missing: value}) for value in self.dimensions[missing])

    def _is_excluded(self, part: Row) -> bool:
        return any(all(part.get(name) in values for name, values in exclusion.items()) for exclusion in self.exclusions)

    def restricted(self, name: str, value: str) -> "Space":
        """The same, with one value only in this dimension."""
        return Space({**self.dimensions, name: [value]}, self.exclusions)


def cover(space: Space, strength: int, having: str = "") -> list[Row]:
    """Rows in which all combinations of so many dimensions meet that can; only those with this dimension, if one is named."""
    missing = {combination for combination in space.combinations(strength)
               if (not having or having in dict(combination)) and space.can_be(dict(combination))}
    order = [combination for combination in space.combinations(strength) if combination in missing]
    rows = []
    for combination in order:
        if combination in missing:
            rows.append(_row(space, strength, combination, missing))
            missing -= set(met(space, strength, rows[-1]))
    return rows


def met(space: Space, strength: int, row: Row) -> Iterator[Combination]:
    """The combinations that a row has; of a part of one, those that it has already."""
    return combinations(((name, row[name]) for name in space.dimensions if name in row), strength)


def _row(space: Space, strength: int, first: Combination, missing: set[Combination]) -> Row:
    row = dict(first)
    while len(row) < len(space.dimensions):
        row |= max(_additions(space, row), key=lambda addition: _gain(space, strength, {**row, **addition}, missing))
    return row


def _additions(space: Space, row: Row) -> list[Row]:
    """What can be added to a row: of what brings as much as others, max() takes the first."""
    additions = [{name: value} for name, values in space.dimensions.items() if name not in row for value in values]
    return [addition for addition in additions if space.can_be({**row, **addition})]


def _gain(space: Space, strength: int, part: Row, missing: set[Combination]) -> int:
    return sum(combination in missing for combination in met(space, strength, part))
