"""Reads of the data banks: the evidence that was kept, and the extracts as they come."""

from sakha.databanks.queries.evidence import EvidenceLine, evidence_history, latest_evidence

__all__ = ["EvidenceLine", "evidence_history", "latest_evidence"]
