"""The household's own pages: in by an SMS and a one-time code, seven light pages to register, then its own file.

Works without script on any phone. No address holds anything of anybody but the link itself; who may come in is decided
by coordination, what stands in a file by the rooms.
"""
