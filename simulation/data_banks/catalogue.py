"""How each bank may be asked: where, by whom, for what, how many at once; a test holds it against the documents."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a bank talks."""

    JSON = "JSON"
    DCI = "DCI"


class Proof(StrEnum):
    """How a bank knows who asks."""

    API_KEY = "API_KEY"
    TOKEN = "TOKEN"  # noqa: S105 -- the name of a way, not a secret
    CERTIFICATE = "CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank's door."""

    name: str
    proof: Proof
    purposes: frozenset[str]
    level: int
    batch: int
    asked_by: str = "national_id"
    way: Way = Way.JSON
    practice: str = ""
    record_type: str = ""
    reg_type: str = ""
    is_async: bool = False

    @property
    def sender_id(self) -> str:
        """How the bank names itself in envelopes."""
        return self.name.replace("_", "-")

    @property
    def path(self) -> str:
        """Where it is asked."""
        if self.way is Way.JSON:
            return f"/v1/{self.sender_id}/inquiries"
        return "/registry/search" if self.is_async else "/registry/sync/search"


_ASSESS, _CORRECT, _COVER, _IDENTITY = "AID_ASSESSMENT", "CORRECTION", "COVERAGE_CHECK", "IDENTITY_CHECK"
_ANY = frozenset((_ASSESS, _CORRECT))
_CIVIL, _BENEFICIARY = "ns:sakha:RegistryType:Civil", "ns:sakha:RegistryType:Beneficiary"

BANKS: dict[str, Bank] = {
    bank.name: bank
    for bank in (
        Bank("welfare_decile", Proof.TOKEN, _ANY | {_COVER}, 2, 200),
        Bank("vehicles", Proof.API_KEY, _ANY, 2, 200),
        Bank("wage_pension", Proof.TOKEN, _ANY, 3, 200),
        Bank("subsidy_household", Proof.API_KEY, _ANY, 2, 200),
        Bank("bank_turnover", Proof.API_KEY, _ANY, 3, 200),
        Bank("property", Proof.CERTIFICATE, _ANY, 3, 100),
        Bank("insurance", Proof.TOKEN, _ANY, 2, 200, "identifier"),
        Bank("mobile_ownership", Proof.API_KEY, frozenset((_ASSESS, _IDENTITY)), 1, 200, "identifier"),
        Bank("postal_address", Proof.API_KEY, _ANY | {_IDENTITY}, 1, 200, "postal_code"),
        Bank("foreigners", Proof.API_KEY, _ANY | {_IDENTITY}, 1, 100, "fida_code"),
        Bank(
            "civil_registry", Proof.TOKEN, _ANY | {_IDENTITY, "LIFE_EVENT"}, 1, 100,
            way=Way.DCI, practice="JWS", record_type="CRVSPerson", reg_type=_CIVIL,
        ),
        Bank(
            "imdad_coverage", Proof.TOKEN, _ANY | {_COVER}, 2, 100,
            way=Way.DCI, practice="HTTP", record_type="Beneficiary", reg_type=_BENEFICIARY, is_async=True,
        ),
        Bank(
            "behzisti_coverage", Proof.TOKEN, _ANY | {_COVER}, 2, 100,
            way=Way.DCI, practice="JWS", record_type="Beneficiary", reg_type=_BENEFICIARY,
        ),
    )
}  # fmt: skip
