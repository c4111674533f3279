"""What holds on every route of the API, whatever it is about. A new route is checked by itself."""

from collections.abc import Callable

from customers.api.permissions import READ
from customers.models import GatewayAccount, Role, User
from tests.wire.calls import JSON, Answer, Caller
from tests.wire.house import NOBODY, STEP, House, furnish
from tests.wire.routes import METHODS, ROUTES, Route

# With and without the type that belongs to them.
NO_PARAMETERS = ((b"", JSON), (b"{}", JSON), (b"{ }", JSON), (b"[]", JSON), (b"null", JSON), (b"", None))
WRITING = frozenset({"POST", "PATCH", "PUT"})
STATUSES = frozenset({200, 201, 204, 400, 404})
# A route that only requests of one client find, for an error that this client makes.
FOR_ONE_CLIENT = {"/roles"}


def allow(answer: Answer) -> frozenset[str]:
    return frozenset(answer.header("Allow").split(", "))


def nowhere(route: Route) -> str:
    return route.at(dict.fromkeys(route.ids, NOBODY))


def test_a_path_belongs_to_one_view() -> None:
    paths = [nowhere(route) for route in ROUTES]

    assert sorted(paths) == sorted(set(paths))


def test_other_methods_are_refused_with_those_that_are_allowed(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    assert len(ROUTES) > 10
    for route in ROUTES:
        for method in (
            {*METHODS, "OPTIONS", "PURGE"} - route.allowed if route.path not in FOR_ONE_CLIENT else ()
        ):
            answer = caller.send(method, house.path(route))

            told = f"{method} {route}"
            assert answer.refusal == (405, None), told
            assert allow(answer) == route.allowed, told
            assert answer.header("Content-Type") == JSON, told
            assert answer.header("Cache-Control") == "no-cache, no-store", told


def test_without_a_key_nothing_is_told(caller: Caller) -> None:
    for route in ROUTES:
        for method in route.methods:
            answer = caller.send(method, nowhere(route), key="")

            assert answer.refusal == (401, None), f"{method} {route}"
            assert answer.header("WWW-Authenticate") == 'Basic realm="Invoiced"'
            assert answer.header("X-Request-Id")


def test_ids_that_cannot_be_are_not_found(caller: Caller) -> None:
    for route in ROUTES:
        for place in route.ids:
            for strange in ("0", "-1", "abc", "1.5", str(2**63), "9" * 30, "%00", "%FF", "1%2F2"):
                ids = {**dict.fromkeys(route.ids, 1), place: strange}
                # The routing does not look at the method: one stands for all, but where the id is read.
                for method in route.methods if strange.isdigit() else sorted(route.methods)[:1]:
                    answer = caller.send(method, route.at(ids))

                    told = f"{method} {route.at(ids)}: {answer.body!r}"
                    assert answer.header("Content-Type") == JSON, told
                    assert answer.refusal == (404, None), told


def test_objects_of_nobody_are_not_found(caller: Caller) -> None:
    for route in ROUTES:
        for method in route.methods if route.ids else ():
            answer = caller.send(method, nowhere(route), {"notes": "x"} if method in WRITING else b"")

            assert answer.refusal == (404, None), f"{method} {route}"
            assert str(NOBODY) in answer.json["message"], f"{method} {route}"


def test_unknown_paths_name_themselves(caller: Caller) -> None:
    for path in ("/x", "/customers/1/x", "/customers/balance", "/customers//1", "//customers", "/Customers"):
        answer = caller.read(path)

        assert answer.refusal == (404, None), path
        assert caller.send("GET", path, key="wrong").status == 401, path
    assert "GET /x" in caller.read("/x").json["message"]


def test_a_read_only_key_reads_and_nothing_else(caller: Caller, key_of: Callable[[str], str]) -> None:
    reader = key_of(Role.READ_ONLY)
    for route in ROUTES:
        for method in route.methods - {"GET"}:
            answer = caller.send(method, nowhere(route), key=reader)

            reads = route.view.powers.get(method) == READ
            known = route.path not in FOR_ONE_CLIENT and not reads
            assert answer.refusal == (403 if known else 404, None), f"{method} {route}"
        if "GET" in route.methods and not route.ids:
            # What only an admin may see is refused, nothing fails.
            assert caller.send("GET", route.path, key=reader).status in (200, 403), route.path


def test_every_way_to_send_nothing_is_the_same(caller: Caller) -> None:
    """Clients send no parameters as zero bytes, `{}`, `[]` (PHP) or `null` (Go), with and without a type."""
    house = furnish(caller, sent=False)
    for route in ROUTES:
        for method in route.methods & WRITING:
            path = house.path(route)
            # Sending takes a while: two ways stand for all.
            ways = NO_PARAMETERS[-2:] if route.view.effects_outside else NO_PARAMETERS
            answers = [caller.send(method, path, body, kind=kind) for body, kind in ways]

            told = f"{method} {route}: {[(answer.status, answer.body) for answer in answers]}"
            assert {answer.status for answer in answers} <= STATUSES, told
            refused = {answer.body for answer in answers if answer.status >= 400}
            # What can be done only once (void) is refused from then on; else all are alike.
            assert len(refused) <= 1, told
            assert len({answer.status for answer in answers[1:]}) == 1, told


def test_bodies_that_are_no_parameters_are_refused(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    strange = (
        b'{"name": ',
        b'["name"]',
        b'"name"',
        b"true",
        b'{"a": NaN}',
        b"\xff\xfe",
        b'{"a":1,"a":2}',
        b"[" * 9,
    )
    for route in ROUTES:
        for method in route.methods & WRITING if route.path not in FOR_ONE_CLIENT else ():
            for body in strange:
                answer = caller.send(method, house.path(route), body, kind=JSON)
                assert answer.status == 400, f"{method} {route} {body!r}: {answer.status} {answer.body!r}"
                assert answer.refusal
            unknown = caller.send(method, house.path(route), b"<name/>", kind="application/xml")
            assert unknown.refusal == (400, None), f"{method} {route}"


def test_whole_objects_can_be_sent_back(caller: Caller) -> None:
    """Two clients save by sending everything that they have read."""
    everything_is_sent_back(caller, furnish(caller, sent=False))


def test_whole_objects_can_be_sent_back_after_what_they_name_was_retired(caller: Caller) -> None:
    """Somebody leaves, a rate is over: nothing that names them may become unwritable for these clients."""
    house = furnish(caller, sent=False)
    leaver, rate = User.objects.get(username="member3"), house.made["tax_rates"][2]
    gateway = GatewayAccount.objects.get()
    for path, changes in {
        f"/customers/{house.first('customers')}": {
            "owner": leaver.pk, "taxes": [rate], "autopay": True, "cc_gateway": gateway.pk,
        },
        f"/items/{house.first('items')}": {"taxes": [rate]},
        f"/tasks/{house.first('tasks')}": {"user_id": leaver.pk},
        f"/chasing_cadences/{house.first('chasing_cadences')}": {
            "steps": [{**STEP, "assigned_user_id": leaver.pk}],
        },
        f"/invoices/{house.made['invoices'][2]}": {"taxes": [rate]},
        f"/credit_notes/{house.first('credit_notes')}": {"taxes": [rate]},
    }.items():  # fmt: skip
        assert caller.change(path, changes).status == 200, path
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    GatewayAccount.objects.update(enabled=False)
    assert caller.send("DELETE", f"/tax_rates/{rate}").status == 204

    everything_is_sent_back(caller, house)


def everything_is_sent_back(caller: Caller, house: House) -> None:
    for route in ROUTES:
        if {"GET", "PATCH"} <= route.methods:
            collection = route.path.rpartition("/:")[0].rpartition("/")[2]
            if collection not in house.made:
                continue
            path = house.path(route)
            before = caller.read(path).json
            after = caller.change(path, before)

            assert after.status == 200, f"{route}: {after.body.decode()}"
            # Payments tell in the answer to a change what they were applied to.
            assert {name: after[name] for name in before} == before, route
            assert caller.read(path).json == before, route


def test_a_delete_may_carry_a_json_type_and_a_stray_body(caller: Caller) -> None:
    for body in (b"", b"null", b"{}", b"garbage"):
        pk = caller.create("/customers", name="Acme")["id"]

        answer = caller.send("DELETE", f"/customers/{pk}", body, kind=JSON)

        assert (answer.status, answer.body) == (204, b""), body
        assert caller.read(f"/customers/{pk}").status == 404
