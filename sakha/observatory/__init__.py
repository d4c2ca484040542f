"""What was needed, given and missed.

Owns the definition of every figure: its words, its unit, its one query. Owns no tables.
Promises that a figure shown anywhere can be recomputed with the query printed in docs/figures.md.
"""
