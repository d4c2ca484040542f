"""The forms of households, coverage and referrals in the OpenAPI document."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, StringConstraints

from sakha.entrypoints.api.schemas import Asked, Identifier, KindName, NeedShown, Number, Short, Text
from sakha.vocabulary.fact_names import FactName

COVERAGE_MAX: Final = 50_000


class PersonAsked(Asked):
    """A person by identifier."""

    national_id: Identifier


class HouseholdFound(BaseModel):
    """By what a household is named."""

    household_id: int
    household_code: str
    province: str | None
    county: str | None
    is_protected: bool
    member_count: int


class MemberShown(BaseModel):
    """A member; the identifier shows its last four digits."""

    given_name: str
    family_name: str
    identifier: str
    relation: str
    birth_on: date | None
    gender: str


class FactShown(BaseModel):
    """The newest word on a fact."""

    name: str
    value: int
    observed_on: date
    is_bank: bool


class HouseholdShown(BaseModel):
    """The file as the client's organisation may read it. Of a protected household county and address are not told."""

    household_id: int
    household_code: str
    province: str | None
    county: str | None
    is_protected: bool
    registered_at: datetime
    changed_at: datetime
    members: list[MemberShown]
    facts: list[FactShown]


class NeedsTold(BaseModel):
    """The needs of the running periods."""

    needs: list[NeedShown]


class CoverageShown(BaseModel):
    """Who covers members of the household; the name is null where it is not told."""

    organisation_name: str | None
    kind: str
    from_on: date
    to_on: date | None
    is_active: bool


class CoverageTold(BaseModel):
    """All that the client's organisation may know of it."""

    coverage: list[CoverageShown]


class MemberAsked(Asked):
    """A member as told. Texts are read as those of a form: Jalali or Gregorian dates, Persian or Latin digits."""

    given_name: Short
    family_name: Short
    father_name: Short = ""
    national_id: Annotated[str, StringConstraints(strict=True, max_length=20, pattern=r"^[^\x00]*$")] = ""
    birth_date: Short = ""
    gender: Short = ""
    relation: Short = ""
    mobile: Short = ""


class HouseholdAsked(Asked):
    """A household as the organisation keeps it; the first member is the head unless the relations say otherwise."""

    members: Annotated[list[MemberAsked], Field(min_length=1, max_length=40)]
    case_number: Short = ""
    province: Short = ""
    county: Short = ""
    address: Text = ""
    postal_code: Short = ""
    is_protected: Annotated[bool, Field(strict=True)] = False
    facts: Annotated[dict[FactName, Short], Field(default_factory=dict)]


class RegisteredTold(BaseModel):
    """Under which household the record stands now."""

    household_id: int
    household_code: str
    is_new: bool
    record_count: int


class CoveredPerson(Asked):
    """A person whom the organisation covers."""

    national_id: Identifier
    from_on: date
    to_on: date | None = None
    kind: Short = ""


class CoverageListAsked(Asked):
    """Everybody whom the organisation covers on a day: whoever is missing is no longer covered."""

    observed_on: date
    confirms_shrinking: Annotated[bool, Field(strict=True)] = False
    people: Annotated[list[CoveredPerson], Field(min_length=1, max_length=COVERAGE_MAX)]


class CoverageListTold(BaseModel):
    """What the list changed; lines with problems are left out."""

    person_count: int
    added_count: int
    renewed_count: int
    ended_count: int
    problem_lines: list[int]


class ReferralShown(BaseModel):
    """An introduction without name, street or telephone; after taking it the file is open."""

    referral_id: int
    household_id: int | None
    kind: KindName
    state: str
    offer_state: str | None
    province: str
    county: str | None
    decile: int | None
    household_size: int
    opened_at: datetime
    claim_until: datetime | None


class ReferralsTold(BaseModel):
    """On the first page all that is offered and promised, most pressing first; what was brought or handed on by pages.

    `next` is null at the end.
    """

    offered: list[ReferralShown]
    taken: list[ReferralShown]
    followed: list[ReferralShown]
    next: str | None


class ReferralStepAsked(Asked):
    """What the organisation answers to an introduction; declining needs its reason."""

    step: Literal["take", "decline", "contacted", "pass_on"]
    reason: Short = ""
    note: Text = ""


class ReferralAsked(Asked):
    """A need of one's own client that one can't carry, handed upward; the household agreed to it."""

    household_id: Number
    kind: KindName
    has_consent: Annotated[bool, Field(strict=True)]
    note: Text = ""
    to_nation: Annotated[bool, Field(strict=True)] = False


class EvidenceAsked(Asked):
    """What the organisation saw or was shown: facts of the household, each as typed (amounts in rials)."""

    facts: Annotated[dict[FactName, Short], Field(min_length=1)]
