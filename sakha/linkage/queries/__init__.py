"""The engines of linkage: reading a file of records, blocking and comparing, on DuckDB here or on Spark."""
