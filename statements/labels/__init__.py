"""The words of the printed statement, one TOML file a language.

To add a language, copy `en.toml` to `<code>.toml` and translate the right-hand sides; words in
braces are filled in. A message that is missing falls back to English, and a test names it.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FALLBACK = "en"

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Codes of all languages that have a file."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def spoken(*wanted: str) -> str:
    """The first of the wanted languages that has a file, else English."""
    return next((language for language in wanted if language in languages()), FALLBACK)


@lru_cache(maxsize=64)
def labels(locale: str) -> Mapping[str, str]:
    """Message id to text for the language of a locale, English where it has none."""
    language = locale.split("_", maxsplit=1)[0]
    messages = _read(FALLBACK)
    return messages | _read(language) if language in languages() else messages


def _read(language: str) -> dict[str, str]:
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)
