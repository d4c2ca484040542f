"""What national data banks answer about people: the answer, its source, its date, and why it was asked.

Owns the evidence, kept for ever as it was answered, and the reading of the banks' extracts.

Promises: an answer is never overwritten, a newer one stands beside it; unknown is never zero; the official decile is
evidence of the welfare data bank and nothing of ours; an extract is read as a stream, and only what another room asks
to keep enters the database.
"""
