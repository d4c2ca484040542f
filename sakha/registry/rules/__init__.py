"""The rules of the register: reading files and rows, who is known again, what contradicts, the household's code."""

from sakha.registry.rules.contradictions import (
    CaseHasTwoHeads,
    HouseholdNeedsOffice,
    IdentityContradicts,
    IdentityRepeats,
    IdentityUnsure,
)
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.registry.rules.household_code import find_household_code
from sakha.registry.rules.mapping import FIELD_CHOICES, Column, FieldChoice, field_label
from sakha.registry.rules.rows import RowProblem
from sakha.registry.rules.states import IntakeOrigin, IntakeState
from sakha.registry.rules.words import Gender, Relation

__all__ = [
    "FIELD_CHOICES",
    "CaseHasTwoHeads",
    "Column",
    "FieldChoice",
    "Gender",
    "HouseholdDeclaration",
    "HouseholdNeedsOffice",
    "IdentityContradicts",
    "IdentityRepeats",
    "IdentityUnsure",
    "IntakeOrigin",
    "IntakeState",
    "PersonDeclaration",
    "Relation",
    "RowProblem",
    "field_label",
    "find_household_code",
]
