"""Where other bodies' systems come in by SP DCI v1, and where they read the feed and keep their webhooks.

Decides how a request proves who it is and how a refusal is answered; what is told is decided in the exchange.
"""
