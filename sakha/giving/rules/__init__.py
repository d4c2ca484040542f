"""Decisions of giving as pure functions and frozen words: accounts, states, terms of a gift, what may be shown."""
