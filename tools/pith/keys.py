"""Keys by name and by what is printed on them: what QEMU's `sendkey` calls them, and what a terminal sends for them."""

import ast
import re
import unicodedata
from functools import cache

from pith import paths
from pith.errors import PithError
from pith.nearest import did_you_mean

LAYOUTS = paths.ROOT / "kernel" / "input" / "layout.cpp"

# The keys of a layout's level, in the order of kernel/input/layout.hpp.
_PLACES = ["grave_accent", *"1234567890", "minus", "equal",
           *"qwertyuiop", "bracket_left", "bracket_right",
           *"asdfghjkl", "semicolon", "apostrophe", "backslash",
           "less", *"zxcvbnm", "comma", "dot", "slash"]
_LEVELS = ("", "shift-", "alt_r-")
_SPACING = dict(zip("`´^~¨", "\u0300\u0301\u0302\u0303\u0308"))   # an accent alone is its dead key and a space

# What a terminal sends: xterm, "PC-Style Function Keys".
_TERMINAL = {"ret": "\r", "tab": "\t", "esc": "\x1b", "backspace": "\x7f", "spc": " ", "delete": "\x1b[3~",
             "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
             "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "ctrl-right": "\x1b[1;5C", "ctrl-left": "\x1b[1;5D"}


def typed(text: str, layout: str = "us") -> list[str]:
    """The keys that give this text on a keyboard of that layout, as `sendkey` wants them."""
    characters = _characters(layout)
    return [key for character in text for key in _keys_of(character, characters, layout)]


def _keys_of(character: str, characters: dict[str, str], layout: str) -> list[str]:
    base_and_accent = unicodedata.normalize("NFD", character)
    parts = ([character] if character in characters
             else [_SPACING[character], " "] if character in _SPACING else [*base_and_accent[1:], base_and_accent[0]])
    if any(part not in characters for part in parts):
        raise PithError(f"the keyboard '{layout}' cannot type '{character}'")
    return [characters[part] for part in parts]


@cache
def _characters(layout: str) -> dict[str, str]:
    """For each character, or dead accent, of a layout the keys that give it."""
    layouts = {found[1]: found[2] for found in
               re.finditer(r'\{\.name = "(\w+)".*?\.levels = \{(.*?)\}\}', LAYOUTS.read_text(), re.DOTALL)}
    if layout not in layouts:
        raise PithError(f"there is no keyboard '{layout}'{did_you_mean(layout, list(layouts))}")
    text = "".join(ast.literal_eval(f'"{part}"') for part in re.findall(r'U"((?:[^"\\]|\\.)*)"', layouts[layout]))
    keys = [level + key for level in _LEVELS for key in _PLACES]
    return {**{character: key for character, key in reversed(list(zip(text, keys, strict=True)))}, " ": "spc"}


def sent(name: str) -> str:
    """What a terminal sends when that key is pressed."""
    if name in _TERMINAL:
        return _TERMINAL[name]
    if re.fullmatch("ctrl-[a-z]", name):
        return chr(ord(name[-1]) - ord("a") + 1)
    if re.fullmatch("alt-[!-~]", name):
        return f"\x1b{name[-1]}"
    raise PithError(f"no terminal sends '{name}'{did_you_mean(name, list(_TERMINAL))}")
