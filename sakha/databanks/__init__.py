"""What national data banks answer about people: the answer, its source, its date, and why it was asked.

Owns the evidence, kept for ever as it was answered; the questions to the banks and the log of who asked; the cases in
which an answer is looked at again; the inbox of life events; and the reading of the banks' extracts.

Promises: an answer is never overwritten, a newer one stands beside it; unknown is never zero; nobody is asked about
twice while an answer is fresh, and nothing without purpose, level and decision; what does not fit a document is an
error and no fact; what comes to our door is proved and taken once; the official decile is evidence of the welfare data
bank and nothing of ours; only what matters of an extract enters the database.
"""
