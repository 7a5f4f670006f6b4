"""Guesses which known name was meant by one that is not known."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word, if any is alike at all."""
    matches = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error line: `; did you mean 'run'?`, or nothing."""
    guess = nearest(word, known)
    return f"; did you mean '{guess}'?" if guess else ""
