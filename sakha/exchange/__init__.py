"""What other bodies' systems asked, subscribed to and were told.

Owns the partners' ways of writing (names, signatures, addresses), their requests and subscriptions, the feed of what
happened to households, the outbox of signed messages with its retries, and the keys and digests by which clients ask
without an identifier.

Promises: nobody is told more than the client's level and the database's policies show; a message is sent only to a
public address that was proved while connecting; messages about a household reach one receiver in their order; every
request leaves an entry that the household can see.
"""
