"""Keeping a report's files as they were handed in: once each, for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.observatory.models import KeptReport
from sakha.observatory.queries.kept_reports import DueReport


def keep_report(*, actor: Actor, at: datetime, due: DueReport, on: date, files: Mapping[str, bytes]) -> int:
    """Keep the files of a report, by form; one that is there stays as it is. Returns how many are new.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    new_count = 0
    with acting(SYSTEM):
        for form, content in files.items():
            _, is_new = KeptReport.objects.get_or_create(
                kind=due.kind.value,
                province=due.place.province,
                on=on,
                form=form,
                defaults={
                    "made_at": at,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "byte_count": len(content),
                    "content": content,
                },
            )
            new_count += is_new
    return new_count
