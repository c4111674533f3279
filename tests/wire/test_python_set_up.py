"""The official Python client on what a company sets up, and on work and news around its accounts."""

import time

import invoiced
import pytest
from invoiced.errors import InvalidRequestError

from customers.models import User

STEPS = [
    {"name": "Reminder", "action": "email", "schedule": "age:30"},
    {"name": "Call", "action": "phone", "schedule": "past_due_age:14"},
]


def test_tax_rates(client: invoiced.Client) -> None:
    rate = client.TaxRate.create(id="gst", name="GST", value=5, inclusive=True)
    rate.name = "Goods and services tax"
    assert rate.save() is True

    acme = client.Customer.create(name="Acme", taxes=["gst"])
    assert [tax["name"] for tax in acme.taxes] == ["Goods and services tax"]
    assert client.TaxRate.retrieve("gst").value == 5
    assert rate.delete() is True
    assert client.TaxRate.list()[0] == []
    with pytest.raises(InvalidRequestError):
        client.Customer.create(name="Other", taxes=["gst"])


def test_items(client: invoiced.Client) -> None:
    item = client.Item.create(id="paper", name="Paper", unit_cost=4.5, type="product", taxes=[])
    item.unit_cost = 5.25
    item.save()

    acme = client.Customer.create(name="Acme")
    invoice = client.Invoice.create(customer=acme.id, items=[{"catalog_item": "paper", "quantity": 4}])

    assert (invoice.total, invoice["items"][0]["name"]) == (invoice["items"][0]["amount"], "Paper")
    assert client.Item.list()[1].total_count == 1
    assert client.Item.retrieve("paper").name == "Paper"
    assert item.delete() is True
    assert client.Item.list()[0] == []


def test_tasks(client: invoiced.Client) -> None:
    acme = client.Customer.create(name="Acme")
    due = int(time.time()) + 86_400
    task = client.Task.create(name="Call them", action="phone", customer_id=acme.id, due_date=due)
    assert (task.customer_id, task.due_date, task.complete) == (acme.id, due, False)

    task.complete = True
    assert task.save() is True

    assert client.Task.list(filter={"complete": True})[1].total_count == 1
    assert client.Task.retrieve(task.id).completed_date is not None
    assert task.delete() is True


def test_notes(client: invoiced.Client) -> None:
    acme = client.Customer.create(name="Acme")

    note = client.Note.create(customer_id=acme.id, notes="Called")

    note.notes = "Called twice"
    assert note.save() is True
    assert client.Note.retrieve(note.id).notes == "Called twice"
    assert client.Note.list()[1].total_count == 1
    assert note.delete() is True


def test_cadences_under_the_name_that_this_client_builds(client: invoiced.Client) -> None:
    cadence = client.CustomerChasingCadence.create(
        name="Standard", time_of_day=8, frequency="daily", steps=STEPS
    )
    assert cadence._endpoint == f"/customer_chasing_cadences/{cadence.id}"
    assert [step["action"] for step in cadence.steps] == ["email", "phone"]
    acme = client.Customer.create(name="Acme", chasing_cadence=cadence.id)
    assert acme.next_chase_step == cadence.steps[0]["id"]

    cadence.name = "Usual"
    cadence.paused = True
    assert cadence.save() is True

    assert client.CustomerChasingCadence.retrieve(cadence.id).num_customers == 1
    with pytest.raises(InvalidRequestError):
        cadence.delete()
    acme.chasing_cadence = None
    assert acme.save() is True
    assert acme.next_chase_step is None
    assert cadence.delete() is True
    assert client.CustomerChasingCadence.list()[0] == []


def test_sign_up_pages(client: invoiced.Client) -> None:
    page = client.SignUpPage.create(name="AutoPay", type="autopay", header_text="Welcome")
    acme = client.Customer.create(name="Acme", sign_up_page=page.id)
    assert "/sign_up/" in acme.sign_up_url

    page.name = "Enrol in AutoPay"
    assert page.save() is True

    assert client.SignUpPage.retrieve(page.id).name == "Enrol in AutoPay"
    assert client.SignUpPage.list()[1].total_count == 1


def test_members(client: invoiced.Client) -> None:
    jan = User.objects.create(username="jan", first_name="Jan", email="jan@duebook.example")

    members, metadata = client.Member.list()

    assert ([member.user["email"] for member in members], metadata.total_count) == (
        ["jan@duebook.example"],
        1,
    )
    assert members[0].restrictions == {}
    assert client.Member.retrieve(members[0].id).user["first_name"] == "Jan"
    assert client.Customer.create(name="Acme", owner=jan.pk).owner == jan.pk


def test_events_tell_what_happened_newest_first(client: invoiced.Client) -> None:
    acme = client.Customer.create(name="Acme")
    acme.name = "Acme Ltd"
    acme.save()

    events, metadata = client.Event.list(filter={"type": "customer.updated"})
    everything, _ = client.Event.list(related_to=f"customer,{acme.id}")

    assert [event.type for event in everything] == ["customer.updated", "customer.created"]
    assert metadata.total_count == 1
    assert events[0].data["previous"] == {"name": "Acme"}
    assert events[0].data["object"]["name"] == "Acme Ltd"
    assert client.Event.retrieve(events[0].id).timestamp == events[0].timestamp


def test_webhooks(client: invoiced.Client) -> None:
    webhook = client.Webhook.create(url="https://hooks.example.com/invoiced", events=["invoice.created"])
    assert webhook.secret

    webhook.events = ["invoice.paid", "payment.created"]
    assert webhook.save() is True

    listed, metadata = client.Webhook.list()
    assert ([row.events for row in listed], metadata.total_count) == (
        [["invoice.paid", "payment.created"]],
        1,
    )
    assert webhook.delete() is True
    assert client.Webhook.list()[0] == []
