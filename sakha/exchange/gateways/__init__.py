"""Sending to addresses that others name."""

from sakha.exchange.gateways.guarded_door import NotSent, look_up, post_guarded

__all__ = ["NotSent", "look_up", "post_guarded"]
