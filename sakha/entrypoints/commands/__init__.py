"""The command `sakha`: sets up, serves, shows and maintains. Decides nothing about people: rooms do."""
