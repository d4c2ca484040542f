"""Tables and constraints of the register. Who sees which row is decided by the policies in the migrations."""

from sakha.registry.models.identity import IdentityQuestion, Merge
from sakha.registry.models.intake import ColumnMapping, IntakeFile, IntakeRow
from sakha.registry.models.people import Household, Membership, Person
from sakha.registry.models.records import Fact, Record

__all__ = [
    "ColumnMapping",
    "Fact",
    "Household",
    "IdentityQuestion",
    "IntakeFile",
    "IntakeRow",
    "Membership",
    "Merge",
    "Person",
    "Record",
]
