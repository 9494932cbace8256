-- Which row of a batch has an instant that is none.
SELECT csagg.create_pipeline('cs');
\set VERBOSITY default
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login"},{"customer":"2","key":"login","at":1764500000}]');
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login","at":"2026-11-30"},{"customer":"2","key":"login","at":"soon"}]');
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login","at":"2026-11-30"},{"customer":"2","key":"login"}]');
