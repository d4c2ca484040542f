"""Tables of confirmation by people, of appeals, and of a committee's decisions with their end."""

from django.conf import settings
from django.db import migrations

from sakha.scoring.migrations import _answers_and_overrides, _appeals_and_confirmers


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0001_initial"),  # btree_gist
        ("registry", "0002_row_security"),
        ("scoring", "0005_needs_security"),
    ]

    operations = [*_appeals_and_confirmers.OPERATIONS, *_answers_and_overrides.OPERATIONS]
