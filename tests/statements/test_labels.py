import re
import tomllib
from pathlib import Path

import pytest

import statements.labels
from statements.labels import labels, languages

PLACE = re.compile(r"\{\w+\}")
ENGLISH = labels("en")


def test_all_promised_languages_are_there():
    assert set(languages()) >= {"en", "es", "fr", "de", "pt", "it", "nl", "ja", "ar"}


@pytest.mark.parametrize("language", languages())
def test_every_language_says_every_message_with_the_same_places_to_fill(language):
    translated = labels(f"{language}_XX")

    assert translated.keys() == ENGLISH.keys()
    for message, text in translated.items():
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(ENGLISH[message])), message


@pytest.mark.parametrize("language", languages())
def test_no_message_waits_for_its_translation(language: str) -> None:
    """Not through `labels`: that would fill a gap with English."""
    text = (Path(statements.labels.__file__).parent / f"{language}.toml").read_text("utf-8")

    assert tomllib.loads(text).keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_no_language_is_english_in_disguise(language):
    same = [message for message, text in labels(language).items() if text == ENGLISH[message]]

    assert len(same) < len(ENGLISH) // 5


def test_an_unknown_language_speaks_english():
    assert labels("sw_KE")["amount_due"] == "Amount due"
