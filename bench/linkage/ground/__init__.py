"""What the benchmarks of linkage share: measured child processes, scores, the rivals, FEBRL as records."""
