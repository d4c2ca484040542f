"""Decisions of the exchange as pure functions: envelopes, questions, records, addresses, events."""
