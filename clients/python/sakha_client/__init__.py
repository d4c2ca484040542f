"""The interface of Sakha for Python programs: typed, thin over HTTP, with retries that do nothing twice."""

from sakha_client.answers import Check, CheckLine, Hold, HoldLine, SakhaProblem
from sakha_client.client import BATCH_SIZE, Sakha, digest_identifier

__all__ = ["BATCH_SIZE", "Check", "CheckLine", "Hold", "HoldLine", "Sakha", "SakhaProblem", "digest_identifier"]
