"""Every figure that the project claims: one module, one command, peers and limits in the same run."""
