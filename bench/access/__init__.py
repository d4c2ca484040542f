"""Figures of access: how fast the closed logs are verified."""
