"""Figures of scoring: how well households are placed, for whom worse, and what every rule of the card is worth."""
