"""The directory of organisations: open to everyone who is signed in, to nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sakha.access.models import Organisation
from sakha.access.rules import OrganisationKind, Standing, organisation_standing
from sakha.vocabulary.refusal import Refusal


class OrganisationUnknown(Refusal):
    """No organisation has this id, or the reader has no scope."""

    code: ClassVar[str] = "ORGANISATION_UNKNOWN"
    sentence: ClassVar[str] = "این سازمان پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCard:
    """An organisation as the other rooms and the pages see it."""

    id: int
    kind: OrganisationKind
    name: str
    legal_id: str
    licence_issuer: str
    licence_number: str
    licence_valid_until: date | None
    province: str
    county: str
    capacity_households: int | None
    registered_at: datetime
    approved_at: datetime | None
    suspended_at: datetime | None

    def standing(self, *, on: date) -> Standing:
        """Whether it may give on that day."""
        return organisation_standing(
            approved_at=self.approved_at,
            suspended_at=self.suspended_at,
            licence_valid_until=self.licence_valid_until,
            on=on,
        )


def get_organisation(organisation_id: int) -> OrganisationCard:
    """One organisation, or a refusal."""
    found = Organisation.objects.filter(id=organisation_id).first()
    if found is None:
        raise OrganisationUnknown(field="organisation_id")
    return _card(found)


def organisations(
    *, kind: OrganisationKind | None = None, province: str = "", county: str = ""
) -> list[OrganisationCard]:
    """The organisations of a kind and an area, by id."""
    rows = Organisation.objects.order_by("id")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if province:
        rows = rows.filter(province=province)
    if county:
        rows = rows.filter(county=county)
    return [_card(row) for row in rows]


def organisation_names(organisation_ids: Iterable[int]) -> dict[int, str]:
    """The names of these organisations by id, in one question."""
    return dict(Organisation.objects.filter(id__in=set(organisation_ids)).values_list("id", "name"))


def _card(row: Organisation) -> OrganisationCard:
    return OrganisationCard(
        id=row.id,
        kind=OrganisationKind(row.kind),
        name=row.name,
        legal_id=row.legal_id,
        licence_issuer=row.licence_issuer,
        licence_number=row.licence_number,
        licence_valid_until=row.licence_valid_until,
        province=row.province,
        county=row.county,
        capacity_households=row.capacity_households,
        registered_at=row.registered_at,
        approved_at=row.approved_at,
        suspended_at=row.suspended_at,
    )
