"""Questions that WeasyPrint asks for every box of a page, answered by shorter ways.

Which rules does an element meet, what does a style say of a property that none of them mentions, how long
are its lengths, how high is its empty line, in which font is its text? Statements spend a third of their
time on these. The answers are the library's own, which a test holds them to, byte by byte; what does not
fit a shorter way goes the library's. Outside of `quickened` the library is as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from statements.quickening import boxes, styles, texts
from statements.quickening.styles import Places, QuickStyle

__all__ = ["Places", "QuickStyle", "quickened"]

_SHORTER = (*styles.SHORTER, *boxes.SHORTER, *texts.SHORTER)
_THEIRS = tuple(getattr(module, name) for module, name, _ in _SHORTER)


@contextmanager
def quickened() -> Iterator[None]:
    """The shorter ways, for one document at a time in a process."""
    texts.Desk.room = texts.MOST_KEPT
    for owner, name, shorter in _SHORTER:
        setattr(owner, name, shorter)
    try:
        yield
    finally:
        for (owner, name, _), theirs in zip(_SHORTER, _THEIRS, strict=True):
            setattr(owner, name, theirs)
