"""The script of a session at a prompt, as tests/sessions holds them: a step a line, `#` before what is for people.

    serial> help            type this line on the serial line, and wait until it is answered and the prompt is back
    keys> help              the same on the keyboard
    serial> he…             a line that ends in … is not finished: no return is typed
    start sleep 100         type this line on the serial line, and go on while it is being answered
    press tab               press a key of the keyboard, as QEMU names it: ctrl-c, shift-f12, up, ret, …;
                            after ctrl-c and ret there has to be a prompt again
    send up                 send what a terminal does for that key on the serial line
    monitor nmi             give this to QEMU's monitor: what strikes from outside
    layout ch               from here on the keyboard is this country's; the kernel must have been told
    flood 100 echo line #   type a line so often, as fast as the serial line takes it, with its number in place of #:
                            all must be answered, in order, and their numbers be in the answers
    expect TEXT             a row has this, among what came since the last thing typed; … in it is any text
    lacks TEXT              no row has
    json free.frames > 100  the answer has one line of JSON, and that has this in it; = < >, or only the name: it is there
    picture                 the screen shows the last thing typed and all that came since
    off, reset, halt        the machine has switched itself off, reset itself, or halted for good

What a script does not say that it ends so, must not end.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pith.errors import PithError
from pith.nearest import did_you_mean
from pith.transcript import ELLIPSIS

# What has to stand behind each word.
_ANY, _NONE = re.compile(".*"), re.compile("")
_WORDS = {
    "serial>": _ANY, "keys>": _ANY, "start": re.compile(".+"),
    "press": re.compile(r"\S+"), "send": re.compile(r"\S+"), "layout": re.compile(r"\w+"), "monitor": re.compile(".+"),
    "flood": re.compile(r"[1-9]\d* \S.*"),
    "expect": re.compile(".+"), "lacks": re.compile(".+"),
    "json": re.compile(r"[\w.-]+( [=<>] .+)?"),
    "picture": _NONE, "off": _NONE, "reset": _NONE, "halt": _NONE,
}


@dataclass(frozen=True)
class Step:
    """A line of the script: its number, its first word, and what stands behind that."""

    number: int
    word: str
    text: str


class ScriptError(PithError):
    """A line of a script is wrong, or did not come true."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}")


def parse(text: str) -> list[Step]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [_step(number, line) for number, line in lines if line and not line.startswith("#")]


def _step(number: int, line: str) -> Step:
    word, _, rest = line.partition(" ")
    if word not in _WORDS:
        raise ScriptError(number, f"there is no word '{word}'{did_you_mean(word, _WORDS)}")
    if not _WORDS[word].fullmatch(rest):
        raise ScriptError(number, f"'{word}' does not know what to do with '{rest}'")
    return Step(number, word, rest)


@dataclass(frozen=True)
class Line:
    """What is typed: its text, and whether return is pressed behind it."""

    text: str
    is_finished: bool

    @classmethod
    def of(cls, text: str) -> "Line":
        return cls(text.removesuffix(ELLIPSIS), not text.endswith(ELLIPSIS))


def json_problem(wanted: str, answer: Sequence[str]) -> str:
    """What is wrong with an answer that has to be a line of JSON with `NAME.NAME = VALUE` in it; or nothing.

    Lines of a log may have come beside it.
    """
    path, relation, value = (wanted.split(" ", 2) + ["", ""])[:3]
    lines = [read for read in map(_read_json, answer) if read is not None]
    if len(lines) != 1:
        return f"the answer has {len(lines)} lines of JSON, and not one"
    found = lines[0]
    try:
        for name in path.split("."):
            found = found[int(name) if isinstance(found, list) else name]
    except (KeyError, IndexError, ValueError, TypeError):
        return f"the answer has no '{path}'"
    if _holds(found, relation, value):
        return ""
    return f"'{path}' is {json.dumps(found, ensure_ascii=False)}, not {relation} {value}"


def _read_json(line: str) -> Any:
    """What a line of JSON holds; nothing if it is none."""
    try:
        return json.loads(line) if line.startswith(("{", "[")) else None
    except json.JSONDecodeError:
        return None


def _holds(found: Any, relation: str, value: str) -> bool:
    if not relation:
        return True
    wanted = json.loads(value)
    if relation == "=":
        return bool(found == wanted)
    return isinstance(found, (int, float)) and (found > wanted if relation == ">" else found < wanted)
