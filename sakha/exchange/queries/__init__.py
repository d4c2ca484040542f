"""Reads of the exchange: people and households in the shape of records, partners, the feed, the outbox."""
