"""Figures of the ledger: what the guard costs, and what happens without it."""
