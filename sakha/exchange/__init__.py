"""What other bodies' systems asked, subscribed to and were told.

Owns the partners' ways of writing (names, signatures, addresses), their requests and subscriptions, the feed of what
happened to households, and the outbox of signed messages with its retries.

Promises: nobody is told more than the client's level and the database's policies show; a message is sent only to a
public address that was proved while connecting; messages about a household reach one receiver in their order; every
request leaves an entry that the household can see.
"""
