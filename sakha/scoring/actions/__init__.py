"""The writes of scoring: fit a model, score households, open assessed needs."""
