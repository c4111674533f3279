"""Secrets at rest: encrypted with keys from the environment, under the newest one."""

from typing import Any

import pytest

from customers.vault import Sealed, reseal, seal, seal_map, unseal, unseal_map

OLD, NEW = "an old key of some length", "a new key of some length"


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]


@pytest.mark.parametrize("secret", ["sk_live_1", "ключ 🔑", "x" * 10_000, " blanks "])
def test_a_secret_comes_back_as_it_was(secret: str) -> None:
    assert unseal(seal(secret)) == secret


def test_what_is_stored_says_nothing() -> None:
    sealed = seal("sk_live_1")

    assert "sk_live_1" not in sealed
    assert seal("sk_live_1") != sealed


def test_nothing_stays_nothing() -> None:
    assert (unseal(""), unseal_map(""), reseal("")) == ("", {}, "")


def test_named_values_are_kept_together() -> None:
    assert unseal_map(seal_map({"key": "k", "hook": "h", "live": True})) == {
        "key": "k",
        "hook": "h",
        "live": True,
    }


def test_the_first_key_encrypts_and_all_decrypt(settings: Any) -> None:
    old = seal("sk_live_1")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    new = seal("sk_live_1")

    assert unseal(old) == unseal(new) == "sk_live_1"
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(new) == "sk_live_1"
    with pytest.raises(Sealed):
        unseal(old)


def test_a_resealed_secret_needs_the_new_key_alone(settings: Any) -> None:
    old = seal("sk_live_1")
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    renewed = reseal(old)

    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(renewed) == "sk_live_1"


@pytest.mark.parametrize("damaged", ["not sealed at all", "gAAAAA", "ключ"])
def test_what_no_key_opens_is_told_apart(damaged: str) -> None:
    with pytest.raises(Sealed):
        unseal(damaged)
    with pytest.raises(Sealed):
        reseal(damaged)
