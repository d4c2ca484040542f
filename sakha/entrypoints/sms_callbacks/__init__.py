"""The door of the SMS provider: texts that people sent us, and where messages ended. Machines only, by a secret."""
