"""Puts small mistakes into the sources, one at a time, and looks whether the tests notice:
`./pith test mutants[.LAYER[.NAME]]`.

The mistakes are in tests/mutants (mutant_records.py says how). Each is made in a copy of the tree (workshop.py), of which only what its
tests need is built. Before, these tests have to pass in the copy as it is: else their failing would say nothing.
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pith import build, mutant_records, packages, process
from pith.errors import PithError
from pith.mutant_records import Mutant
from pith.workshop import DoesNotBuild, Failure, Workshop

NAME = "mutants"


@dataclass(frozen=True)
class Outcome:
    """What came of a mutant: `survived` says how, or is empty."""

    mutant: Mutant
    survived: str
    seconds: float


def try_mutant(workshop: Workshop, mutant: Mutant) -> str:
    """How it survived, or an empty text."""
    with workshop.spoiled(mutant):
        try:
            workshop.build(mutant.targets)
        except DoesNotBuild as error:
            if mutant.refused and mutant.refused in str(error):
                return ""
            return f"it does not build, and should not be refused so:\n{_end_of(str(error))}"
        if mutant.refused:
            return f"it compiles, and should be refused: {mutant.refused}"
        failed = workshop.failed(mutant.tests)
    wanted = {Failure.WRONG, Failure.OUT_OF_TIME} if mutant.hangs else {Failure.WRONG}
    passed = [test for test in mutant.tests if failed.get(test) not in wanted]
    return f"these tests pass, or only run out of time: {', '.join(passed)}" if passed else ""


def _end_of(text: str) -> str:
    return "\n".join(text.splitlines()[-25:])


def run_preset(preset: str, mutants: Sequence[Mutant]) -> list[Outcome]:
    """Tries those that belong to one build, one after the other."""
    mine = [mutant for mutant in mutants if mutant.preset == preset]
    if not mine:
        return []
    workshop = Workshop(preset)
    workshop.refresh()
    _check_unspoiled(workshop, mine)
    return [_tried(workshop, mutant) for mutant in mine]


def _check_unspoiled(workshop: Workshop, mutants: Sequence[Mutant]) -> None:
    workshop.build(list(dict.fromkeys(target for mutant in mutants for target in mutant.targets)))
    tests = list(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
    if tests and (failed := workshop.failed(tests)):
        problem = f"these tests fail without any mutant: {', '.join(sorted(failed))}"
        print(problem, flush=True)   # at once: the other build's mutants may take their time until this is raised
        raise PithError(problem)


def _tried(workshop: Workshop, mutant: Mutant) -> Outcome:
    start = time.monotonic()
    outcome = Outcome(mutant, try_mutant(workshop, mutant), time.monotonic() - start)
    print(f"{'SURVIVED' if outcome.survived else 'caught'}: {mutant.full_name} ({outcome.seconds:.0f} s)", flush=True)
    if outcome.survived:
        print(f"    {mutant.what}\n    {outcome.survived}\n    {mutant.file}:",
              *(f"    {line}" for line in mutant.diff), sep="\n", flush=True)
    return outcome


def summary(outcomes: Sequence[Outcome]) -> list[str]:
    """A line a layer, and one of all."""
    layers = dict.fromkeys(outcome.mutant.layer for outcome in outcomes)
    lines = [f"  {layer:11} " + _counted([one for one in outcomes if one.mutant.layer == layer]) for layer in layers]
    return [*lines, f"mutants: {_counted(outcomes)}"]


def _counted(outcomes: Sequence[Outcome]) -> str:
    count = Counter(bool(outcome.survived) for outcome in outcomes)
    return f"{len(outcomes):3}: {count[False]:3} caught" + (f", {count[True]} survived" if count[True] else "")


def campaign(mutants: Sequence[Mutant]) -> int:
    """Tries the mutants, those of the two builds side by side, and prints what came of them."""
    if wrong := list(mutant_records.stale(mutants)):
        raise PithError("\n".join(wrong))
    start = time.monotonic()
    with ThreadPoolExecutor(len(build.PRESETS)) as pool:
        found = [outcome for some in pool.map(lambda preset: run_preset(preset, mutants), build.PRESETS) for outcome in some]
    outcomes = sorted(found, key=lambda outcome: mutants.index(outcome.mutant))
    print(*summary(outcomes), sep="\n")
    process.say(f"this took {time.monotonic() - start:.0f} seconds; one again: ./pith test {NAME}.LAYER.NAME")
    return 1 if any(outcome.survived for outcome in outcomes) else 0


def from_command_line(pattern: str, yes: bool) -> int:
    """./pith test mutants: all of them; mutants.frames: a layer's; mutants.frames.ragged_end: one."""
    packages.need(["build", "run", "host"], yes)
    return campaign(mutant_records.choose(mutant_records.load(), pattern.partition(".")[2]))
