"""Writes of the exchange: taking requests, answering searches, subscribing, following what happens, sending."""
