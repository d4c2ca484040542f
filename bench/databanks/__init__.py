"""How fast people are asked about and extracts joined, beside what banks and the reading of files alone allow."""
