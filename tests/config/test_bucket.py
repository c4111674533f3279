"""Documents in a bucket: what is set, what is refused, and that files go there and come back."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.test import override_settings

from config.bucket import bucket_storage
from config.environment import Environment
from statements.archive import keep_file, read_kept
from tests.config.bucket_server import Bucket, bucket_server

pytest.importorskip("storages", reason="django-storages keeps files in buckets (requirements-s3.txt)")

KEYS = {"S3_ACCESS_KEY_ID": "AKIDEXAMPLE", "S3_SECRET_ACCESS_KEY": "not-a-secret"}


def settings_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return bucket_storage(Environment())


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with bucket_server() as served:
        entry = settings_of(
            monkeypatch, S3_BUCKET="papers", S3_PREFIX="/duebook/", S3_REGION="eu-central-1",
            S3_ENDPOINT_URL=served.url, **KEYS,
        )  # fmt: skip
        with override_settings(STORAGES={"default": entry, "staticfiles": {"BACKEND": "x"}}):
            yield served


def test_a_document_goes_into_the_bucket_and_comes_back(bucket: Bucket) -> None:
    from hashlib import sha256

    name = keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper")

    assert bucket.files == {f"/papers/duebook/{name}": b"%PDF-1.4 paper"}
    assert read_kept(name, sha256(b"%PDF-1.4 paper").hexdigest()) == b"%PDF-1.4 paper"
    assert all("AWS4-HMAC-SHA256" in signature for signature in bucket.signatures)


def test_the_same_bytes_are_kept_once(bucket: Bucket) -> None:
    first = keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper")

    assert keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper") == first
    assert [verb for verb, _ in bucket.asked].count("PUT") == 1


def test_a_file_cut_short_is_written_anew(bucket: Bucket) -> None:
    name = keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper")
    bucket.files[f"/papers/duebook/{name}"] = b"%PDF"

    keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper")

    assert bucket.files[f"/papers/duebook/{name}"] == b"%PDF-1.4 paper"


def test_a_changed_file_is_not_handed_out(bucket: Bucket) -> None:
    name = keep_file("statements/000000/ST-000001", b"%PDF-1.4 paper")
    bucket.files[f"/papers/duebook/{name}"] = b"%PDF-1.4 other"

    with pytest.raises(ValueError, match="was changed"):
        read_kept(name, "0" * 64)


def test_what_is_not_there_is_not_there(bucket: Bucket) -> None:
    assert not default_storage.exists("statements/000000/none.pdf")


def test_a_bucket_needs_a_name_and_both_keys_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="S3_BUCKET"):
        settings_of(monkeypatch)
    with pytest.raises(ImproperlyConfigured, match="belong together"):
        settings_of(monkeypatch, S3_BUCKET="papers", S3_ACCESS_KEY_ID="AKIDEXAMPLE")


def test_without_keys_the_machines_own_role_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    options = settings_of(monkeypatch, S3_BUCKET="papers")["OPTIONS"]

    assert (options["access_key"], options["endpoint_url"], options["addressing_style"]) == (
        None,
        None,
        "auto",
    )
    assert (options["default_acl"], options["file_overwrite"]) == (None, False)


def test_an_endpoint_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="S3_ENDPOINT_URL"):
        settings_of(monkeypatch, S3_BUCKET="papers", S3_ENDPOINT_URL="papers.example")


def test_a_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match=r"requirements-s3\.txt"):
        settings_of(monkeypatch, S3_BUCKET="papers")
