"""Writes of the register: intake by form and by file, the bad rows given back, the renewal of keys."""

from sakha.registry.actions.exporting import write_problem_workbook
from sakha.registry.actions.households import (
    HouseholdEmpty,
    HouseholdInvalid,
    MemberProblem,
    RegisteredHousehold,
    check_declaration,
    register_household,
)
from sakha.registry.actions.intake import (
    IntakeStateWrong,
    KeysBeingRenewed,
    OrganisationMissing,
    cancel_file,
    check_file,
    fail_file,
    load_file,
    load_requested,
    receive_file,
    request_check,
    request_load,
    set_mapping,
)
from sakha.registry.actions.resealing import reseal_batch

__all__ = [
    "HouseholdEmpty",
    "HouseholdInvalid",
    "IntakeStateWrong",
    "KeysBeingRenewed",
    "MemberProblem",
    "OrganisationMissing",
    "RegisteredHousehold",
    "cancel_file",
    "check_declaration",
    "check_file",
    "fail_file",
    "load_file",
    "load_requested",
    "receive_file",
    "register_household",
    "request_check",
    "request_load",
    "reseal_batch",
    "set_mapping",
    "write_problem_workbook",
]
