"""Admitting organisations, and taking their permissions away for a while and back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.models import Organisation
from sakha.access.queries import OrganisationUnknown
from sakha.access.rules import Actor, NewOrganisation, Permission
from sakha.vocabulary.identifiers import parse_legal_id
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal


class OrganisationExists(Refusal):
    """The licence or the legal ID belongs to an organisation already."""

    code: ClassVar[str] = "ORGANISATION_EXISTS"
    sentence: ClassVar[str] = "سازمانی با این مجوز یا شناسهٔ ملی پیش‌تر ثبت شده است."


_INSERT: Final = (
    "INSERT INTO access_organisation (kind, name, legal_id, licence_issuer, licence_number, licence_valid_until,"
    " province, county, capacity_households, registered_at, approved_at)"
    " SELECT kind, name, legal_id, licence_issuer, licence_number, licence_valid_until, province, county, capacity,"
    " %s, CASE WHEN is_approved THEN %s::timestamptz END"
    " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[],"
    " %s::int[], %s::bool[]) WITH ORDINALITY AS new(kind, name, legal_id, licence_issuer, licence_number,"
    " licence_valid_until, province, county, capacity, is_approved, place) ORDER BY place RETURNING id"
)


def create_organisation(*, actor: Actor, at: datetime, organisation: NewOrganisation) -> int:
    """Admit one organisation and return its id."""
    return create_organisations(actor=actor, at=at, organisations=[organisation])[0]


def create_organisations(*, actor: Actor, at: datetime, organisations: Sequence[NewOrganisation]) -> list[int]:
    """Admit many in one statement; their ids come back in the order given. All or none."""
    actor.require(Permission.ADMIT_ORGANISATION)
    rows = [_columns(one) for one in organisations]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(10)]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_INSERT, (at, at, *columns))
            return [row[0] for row in cursor.fetchall()]
    except IntegrityError as error:
        raise OrganisationExists(field="licence_number") from error


def approve_organisation(*, actor: Actor, at: datetime, organisation_id: int) -> None:
    """Let an organisation begin; approving twice keeps the first moment."""
    _change(actor, organisation_id, only={"approved_at__isnull": True}, approved_at=at)


def suspend_organisation(*, actor: Actor, at: datetime, organisation_id: int) -> None:
    """Take holding, delivering and importing away until it is resumed."""
    _change(actor, organisation_id, only={"suspended_at__isnull": True}, suspended_at=at)


def resume_organisation(*, actor: Actor, organisation_id: int) -> None:
    """End a suspension."""
    _change(actor, organisation_id, only={}, suspended_at=None)


def renew_licence(*, actor: Actor, organisation_id: int, valid_until: date | None) -> None:
    """Write the new last day of the licence; None is a licence without an end."""
    _change(actor, organisation_id, only={}, licence_valid_until=valid_until)


def _change(actor: Actor, organisation_id: int, *, only: dict[str, bool], **values: object) -> None:
    actor.require(Permission.ADMIT_ORGANISATION)
    rows = Organisation.objects.filter(id=organisation_id)
    if not rows.filter(**only).update(**values) and not rows.exists():
        raise OrganisationUnknown(field="organisation_id")


def _columns(new: NewOrganisation) -> tuple[object, ...]:
    return (
        new.kind.value,
        clean_text(new.name),
        parse_legal_id(new.legal_id) if new.legal_id else "",
        clean_text(new.licence_issuer),
        clean_text(new.licence_number),
        new.licence_valid_until,
        new.province,
        new.county,
        new.capacity_households,
        new.is_approved,
    )
