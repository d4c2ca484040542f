"""What is kept of every look at a person and every change of one; who may read it is decided by the database."""

from enum import StrEnum


class AccessAction(StrEnum):
    """What was done with somebody's file."""

    READ = "READ"
    SEARCH = "SEARCH"
    CHECK = "CHECK"
    WRITE = "WRITE"
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"
    INVITE = "INVITE"
    SIGN_IN = "SIGN_IN"
