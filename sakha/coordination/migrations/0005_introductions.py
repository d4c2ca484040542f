"""Introductions with their offers, consents and history, and the directory of services."""

from django.conf import settings
from django.db import migrations

from sakha.coordination.migrations import _introductions_and_consents, _offers_and_services


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_opened_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("coordination", "0016_grievances_law"),
        ("registry", "0002_row_security"),
    ]

    operations = [*_introductions_and_consents.OPERATIONS, *_offers_and_services.OPERATIONS]
