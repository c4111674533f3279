"""New databases are made in one step for each app; it must lead where the single steps lead."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = ("customers", "statements", "notifications")


def leads_to(*, in_one_step: bool) -> ProjectState:
    # Without a connection nothing counts as applied: what stands for others is used where it is allowed.
    loader = MigrationLoader(None, replace_migrations=in_one_step)
    ends = loader.graph.leaf_nodes()
    return loader.project_state([end for end in ends if in_one_step or "squashed" not in end[1]])


def test_one_step_leads_to_the_same_tables_as_all_of_them() -> None:
    steps, at_once = leads_to(in_one_step=False), leads_to(in_one_step=True)

    graph = MigrationLoader(None).graph
    missing = MigrationAutodetector(at_once, steps).changes(graph)
    too_much = MigrationAutodetector(steps, at_once).changes(graph)

    assert {app for app, _ in steps.models} >= set(OURS)
    assert (missing, too_much) == ({}, {})


def test_new_databases_take_the_one_step() -> None:
    nodes = MigrationLoader(None).graph.nodes

    assert [app for app, name in sorted(nodes) if app in OURS and name == "0001_initial"] == []
    assert {app for app, name in nodes if "squashed" in name} == set(OURS)
