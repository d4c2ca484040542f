"""Who covers whom, who is covered by nobody, and how those are invited.

Owns coverage with its from and to, the candidates of the search for the uncovered, the invitations, the opt-outs, the
SMS gateways and the outbox.

Promises: an organisation covers a person once at a time; nobody is invited twice, nor over a shared phone a second
time, nor after saying no; no text tells whoever holds the phone that anybody is poor; a message is never sent again
while it may already have arrived.
"""
