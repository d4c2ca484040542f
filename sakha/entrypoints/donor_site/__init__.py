"""The donor's door: needs without names, the gift, and the account given back. No sign-in, no script.

Whoever holds the address of a gift sees its account; the address is random and told to nobody else.
"""
