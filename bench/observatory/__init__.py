"""Measures of the observatory."""
