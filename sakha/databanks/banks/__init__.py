"""The banks, a folder each, and the ways to reach them.

Adding a bank is adding a folder: `catalogue` finds it, the transports do the rest.
"""
