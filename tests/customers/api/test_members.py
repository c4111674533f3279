"""Members over the wire."""

from datetime import UTC, datetime

from customers.models import Role, User
from tests.customers.api.conftest import Wire

JOINED, SEEN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def test_a_member_is_a_user_with_a_role(wire: Wire) -> None:
    jan = User.objects.create(
        username="jan", first_name="Jan", last_name="Roe", email="jan@our.example",
        role=Role.ACCOUNT_MANAGER, date_joined=JOINED, last_login=SEEN,
    )  # fmt: skip

    member = wire.read(f"/members/{jan.pk}")

    assert member.json == {
        "id": jan.pk, "object": "member", "role": "account_manager", "restriction_mode": "owner",
        "restrictions": {}, "email_update_frequency": "never", "last_accessed": int(SEEN.timestamp()),
        "user": {
            "id": jan.pk, "object": "user", "email": "jan@our.example", "first_name": "Jan",
            "last_name": "Roe", "registered": True, "two_factor_enabled": False,
            "created_at": int(JOINED.timestamp()), "updated_at": int(SEEN.timestamp()),
        },
        "created_at": int(JOINED.timestamp()), "updated_at": int(SEEN.timestamp()),
    }  # fmt: skip


def test_members_are_listed_without_those_who_left(wire: Wire) -> None:
    ada = User.objects.create(username="ada", is_superuser=True, date_joined=SEEN)
    User.objects.create(username="gone", is_active=False)
    bob = User.objects.create(username="bob", date_joined=JOINED)

    listed = wire.read("/members")

    assert [(row["id"], row["role"]) for row in listed.json] == [(ada.pk, "admin"), (bob.pk, "finance")]
    assert (listed.json[0]["last_accessed"], listed.json[0]["restriction_mode"]) == (None, "none")
    assert listed.headers["X-Total-Count"] == "2"
    assert [row["id"] for row in wire.read("/members", sort="updated_at ASC").json] == [bob.pk, ada.pk]
    after = wire.read("/members", updated_after=int(JOINED.timestamp()))
    assert [row["id"] for row in after.json] == [ada.pk]


def test_the_owner_of_a_customer_is_the_id_of_a_member(wire: Wire) -> None:
    bob = User.objects.create(username="bob")
    owner = wire.create("/customers", name="Acme", owner=bob.pk)["owner"]

    assert wire.read(f"/members/{owner}")["id"] == bob.pk


def test_members_are_only_read(wire: Wire) -> None:
    assert wire.create("/members", email="x@our.example").refusal == (405, None)
    assert wire.read("/members/999").refusal == (404, None)
