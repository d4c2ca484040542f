"""What the interface costs beside the ledger's own functions."""
