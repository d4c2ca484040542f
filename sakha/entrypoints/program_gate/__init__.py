"""The gate through which every program comes in, whichever door it asks at (api, partner_door).

Owns: who a key or token is, certificates, limits, and the form of a refusal. Promises: nobody unknown, suspended, too
often or without the scope and purpose goes further. What a door then asks and shows is its own.
"""
