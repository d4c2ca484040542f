"""Where the world comes in: sites, interfaces, commands.

Owns HTML, JSON, forms, the clock and the command line. Promises that every door calls the same use case of a room below
and that only here refusals become answers.
"""
