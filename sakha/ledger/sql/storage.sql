-- Room on the page keeps the counters' updates off the indexes (HOT): at 100 the log grows 1.7 times.
ALTER TABLE ledger_need SET (fillfactor = 80);
-- With the default the planner would learn of held rows only after a fifth of the table changed, and read the whole
-- partial index for each look-up until then (35 times slower: docs/ledger.md).
ALTER TABLE ledger_hold SET (fillfactor = 90, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
