"""Needs and aid: who may give what to which household, so that no need is met twice and none is promised twice.

Owns the needs, the holds on them, and the append-only account of every check, hold, delivery, release and expiry.

Promises: held and delivered together never pass a need's target, whoever asks and however many at once; a request is
carried out once, however often it is sent; only the organisation that holds aid delivers or releases it; what was
acknowledged survives a crash; nobody learns from here which other charity helped a household, only that it was helped.
"""
