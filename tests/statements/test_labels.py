import re
import tomllib
from pathlib import Path

import pytest

import statements.labels
from statements.labels import labels, languages

PLACE = re.compile(r"\{\w+\}")
ENGLISH = labels("en")
# Names and signs, which nobody translates.
EVERYWHERE = {"period", "method_ach", "method_paypal"}
# Words that a language shares with English.
ALIKE = {
    "es": {"total", "grand_total", "sign_in_error"},
    "fr": {"date", "description", "total", "grand_total"},
    "nl": {"online_details"},
    "pt": {"total", "grand_total"},
}


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
def test_a_message_is_english_only_where_the_word_is_the_same(language):
    same = {message for message, text in labels(language).items() if text == ENGLISH[message]}

    assert same == EVERYWHERE | ALIKE.get(language, set())


def test_an_unknown_language_speaks_english():
    assert labels("sw_KE")["amount_due"] == "Amount due"
