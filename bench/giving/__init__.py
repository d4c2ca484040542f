"""Figures of giving: many givers at once, and a database that dies under them."""
