"""The register of people and households: who they are, who lives with whom, and every record as it was submitted.

Owns persons, households, memberships, records, facts and the intake of them by form and by file.

Promises: a record is kept for ever as submitted and the same record is kept once; a person with a valid identifier
exists once and is active in one household; a household has one head at most; whoever has no record of a household
and no office over its area does not see that it exists; identifiers, telephones, addresses and submitted rows are
sealed.
"""
