"""Linkage: is this the same person?

Owns: how Persian records are read and compared, what agreement weighs (a versioned model document), and the engines
that link whole registers. Promises: one reading and one weighing for intake, desk, queue and batch, each link with its
reasons; pure rules that know records only and keep nothing. What follows from a link is registry's to do.
Interface: `rules.view_record(columns)` reads a record, `rules.score_pair(left, right, model)` weighs two.
"""
