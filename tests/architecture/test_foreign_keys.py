"""A relation may only point down: import-linter can't see a foreign key named by text."""

from django.apps import apps

ORDER = ["access", "databanks", "registry", "ledger", "scoring", "coordination", "giving", "observatory"]


def upward_relations(relations: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (source, target)
        for source, target in relations
        if source in ORDER and (target not in ORDER or ORDER.index(target) > ORDER.index(source))
    ]


def relations_of_rooms() -> list[tuple[str, str]]:
    return [
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    ]


def test_foreign_keys_point_to_the_same_or_a_lower_room() -> None:
    relations = relations_of_rooms()

    assert relations
    assert upward_relations(relations) == []


def test_an_upward_key_is_found() -> None:
    assert upward_relations([("registry", "ledger")]) == [("registry", "ledger")]
