"""Linkage: is this the same person?

Owns: how Persian names, birth dates and identity numbers of two records are compared, and what the comparison means.
Promises: pure rules that say same, contradiction or unsure, each with its reasons, and leave it to registry to act.
They know records only, no households, and keep nothing.
"""
