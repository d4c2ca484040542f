"""Closed blocks of the append-only logs, their secrets, and the parts by which a changed row is named."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

_KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")

BLOCK = migrations.CreateModel(
    name="Block",
    fields=[
        ("id", _KEY),
        ("stream", models.CharField(max_length=40)),
        ("place", models.IntegerField()),
        ("first_id", models.BigIntegerField()),
        ("last_id", models.BigIntegerField()),
        ("row_count", models.IntegerField()),
        ("root", models.BinaryField(max_length=32)),
        ("secret_digest", models.BinaryField(max_length=32)),
        ("previous", models.BinaryField(max_length=32)),
        ("digest", models.BinaryField(max_length=32)),
        ("closed_at", models.DateTimeField()),
    ],
    options={
        "db_table": "access_block",
        "constraints": [
            models.UniqueConstraint(fields=("stream", "place"), name="one_block_a_place"),
            models.UniqueConstraint(fields=("stream", "first_id"), name="one_block_from_an_id"),
            models.CheckConstraint(
                condition=Q(("last_id__gte", F("first_id")), ("place__gte", 1), ("row_count__gte", 1)),
                name="block_of_something",
            ),
        ],
    },
)
SECRET = migrations.CreateModel(
    name="BlockSecret",
    fields=[
        ("id", _KEY),
        ("secret_sealed", models.BinaryField()),
        (
            "block",
            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="secret", to="access.block"),
        ),
    ],
    options={"db_table": "access_block_secret"},
)
PART = migrations.CreateModel(
    name="BlockPart",
    fields=[
        ("id", _KEY),
        ("number", models.IntegerField()),
        ("first_id", models.BigIntegerField()),
        ("last_id", models.BigIntegerField()),
        ("node", models.BinaryField(max_length=32)),
        ("ids", models.BinaryField()),
        ("marks", models.BinaryField()),
        (
            "block",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="access.block",
            ),
        ),
    ],
    options={
        "db_table": "access_block_part",
        "constraints": [models.UniqueConstraint(fields=("block", "number"), name="one_part_a_number")],
    },
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0006_client_security")]

    operations: ClassVar = [BLOCK, SECRET, PART]
