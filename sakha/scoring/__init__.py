"""Scoring: from what is known about a household to score, decile, needs and priority, with the reason in words.

Owns the model documents, the score of each household and the rules that open needs. Promises that one document gives
the same score in PostgreSQL, DuckDB, Spark and Python, that contributions add up to the score, that worse circumstances
never score better off, and that our decile is never called the official one.
"""
