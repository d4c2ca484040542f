"""The rules of linkage: how records are read and compared, what agreement weighs, the verdict on one national ID."""

from sakha.linkage.rules.identity import (
    REASON_SENTENCES,
    IdentityOutcome,
    IdentityReason,
    IdentityVerdict,
    IdentityView,
    compare_identity,
)
from sakha.linkage.rules.levels import Context
from sakha.linkage.rules.model import LinkModel, product_model
from sakha.linkage.rules.names import NameLevel, compare_names, name_key
from sakha.linkage.rules.record_view import RECORD_COLUMNS, NameBands, RecordView, view_record
from sakha.linkage.rules.scoring import PairScore, Reason, score_pair

__all__ = [
    "REASON_SENTENCES",
    "RECORD_COLUMNS",
    "Context",
    "IdentityOutcome",
    "IdentityReason",
    "IdentityVerdict",
    "IdentityView",
    "LinkModel",
    "NameBands",
    "NameLevel",
    "PairScore",
    "Reason",
    "RecordView",
    "compare_identity",
    "compare_names",
    "name_key",
    "product_model",
    "score_pair",
    "view_record",
]
