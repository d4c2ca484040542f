"""What a model document says, and what follows from it: pure functions over integers.

A card is additive, monotone and made of integers, so every result can be recomputed bit for bit anywhere.
"""
