"""Sakha (سخا): the national register of need and benevolence."""
