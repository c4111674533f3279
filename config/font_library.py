"""Whether this machine can cut fonts down quickly: asked at each start, so without loading WeasyPrint."""

import ctypes

# As WeasyPrint looks for it: on Linux, on Windows, on macOS.
NAMES = ("libharfbuzz-subset.so.0", "libharfbuzz-subset-0.dll", "libharfbuzz-subset.0.dylib")


def can_subset_fonts() -> bool:
    return any(map(_opens, NAMES))


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
