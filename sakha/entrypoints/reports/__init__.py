"""Reports on paper and as workbooks: draws what the observatory writes. Decides layout only; no report is kept here."""
