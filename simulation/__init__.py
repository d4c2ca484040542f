"""A province to try Sakha on: made-up people, drawn from real shares, always the same for the same seed.

Owns: the pilot province of Alborz at real size (families, their welfare, who covers them), the client files of its
charities as charities really keep them, the coverage lists of two agencies, the extract of the welfare data bank, the
plan of gifts of one month, and the truth behind all of these.
Promises: nobody in it exists (national IDs and telephone numbers come from ranges that are not issued), the same
parameters give the same bytes, and the product never imports it; of the product it knows only the vocabulary.
"""
