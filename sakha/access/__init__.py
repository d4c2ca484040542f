"""Who may do what, where, and what of it is kept.

Owns organisations and their licences, users and their roles, the access log, the sign-in attempts, the keys with which
identifiers are sealed and indexed, of whom the database is (real or simulated people), and the row-level scope under
which every room talks to the database.

Promises: without a scope the database shows nothing; a scope never outlives its transaction; every look at a person
leaves an entry that nobody can change; a sealed value opens only with a key of the ring.
"""
