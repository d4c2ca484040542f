"""What operators and machines ask: alive, ready, metrics; and one log line a request. Shows nothing of people."""
