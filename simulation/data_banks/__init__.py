"""The national data banks of the made-up province, as a process of its own that answers over HTTP and fails on demand.

Owns: what each bank answers (from the pilot's `bank_people.parquet`), how it may be asked (JSON over HTTP with API key,
token or client certificate; SP DCI v1, strictly checked), the faults that can be switched on, and counters of what was
asked, so that "fetched once" can be proved.
Promises: it shares no code with the product's clients, only the vocabulary; the wire is the one of `docs/databanks.md`.
"""
