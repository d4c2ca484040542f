"""What was needed, given and missed.

Owns the definition of every figure: its words, its unit, its owner, its one query; what was counted of each day; when
a province was opened; and the reports that were handed in.
Promises that a figure shown anywhere can be recomputed with the query printed in docs/figures.md, that a page of the
nation reads what was counted and no households, and that a finished day is never counted again.
"""
