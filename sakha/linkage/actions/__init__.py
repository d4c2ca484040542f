"""Linking whole files of records, and telling how it went."""
