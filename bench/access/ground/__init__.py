"""What the benchmark of the closed logs runs in a process of its own."""
