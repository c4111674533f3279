"""The words of messages that ship with the product, one TOML file a language; others read English.

To add a language, copy `en.toml` to `<code>.toml` and translate the right-hand sides. A kind of
message is `<template>_subject` and `<template>_body`.
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


@lru_cache(maxsize=64)
def phrases(language: str) -> Mapping[str, str]:
    """All shipped texts in a language, or in English."""
    name = language if language in languages() else FALLBACK
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def phrase(name: str, language: str) -> str:
    """One shipped text in a language, or in English."""
    return phrases(language)[name]
