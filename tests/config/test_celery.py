from typing import Any

from django.conf import settings

from config.celery import QUEUES, app, timetable


def registered_tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_bell_of_the_timetable_rings_for_a_task_that_exists():
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert rung
    assert rung <= registered_tasks().keys()


def test_sweeps_ring_as_often_as_the_setting_says():
    assert timetable(0.5)["printing"]["schedule"] == 0.5
    assert app.conf.beat_schedule["printing"]["schedule"] == settings.WORK_SWEEP_SECONDS


def test_every_task_waits_in_a_queue_that_workers_listen_to():
    named = {name: getattr(task, "queue", None) for name, task in registered_tasks().items()}
    lost = {name: queue for name, queue in named.items() if queue is not None and queue not in QUEUES}

    assert not lost


def test_each_queue_has_a_key_of_its_own_so_that_no_bell_rings_in_all():
    keys = {(queue.exchange.name, queue.routing_key) for queue in app.conf.task_queues}

    assert len(keys) == len(QUEUES)


def test_a_lost_or_doubled_message_does_no_harm_by_setting():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result


def test_no_task_is_put_off_beyond_what_the_broker_redelivers():
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 900)

    assert visible > 10 * settings.CELERY_TASK_TIME_LIMIT
