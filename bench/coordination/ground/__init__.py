"""What the benchmark of invitations stands on: candidates, a provider that fails, workers, and the campaign itself."""
