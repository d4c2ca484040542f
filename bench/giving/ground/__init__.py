"""What the benchmark of giving stands on: givers as processes of their own."""
