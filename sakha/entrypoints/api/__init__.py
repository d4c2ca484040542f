"""Our own interface for programs, /api/v1: JSON, problem+json, one OpenAPI document.

Decides how a program is known, counted and answered; what may be done and seen is decided by the rooms. A person's
identifier stands in bodies only, never in an address.
"""
