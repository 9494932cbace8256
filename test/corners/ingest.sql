-- Which row of a batch has an instant that is none, or a name that is no text.
SELECT csagg.create_pipeline('cs');
\set VERBOSITY default
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login"},{"customer":"2","key":"login","at":1764500000}]');
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login","at":"2026-11-30"},{"customer":"2","key":"login","at":"soon"}]');
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login","at":"2026-11-30"},{"customer":"2","key":"login"}]');
\echo made JSON twice, as where a driver does it, too
SELECT csagg.ingest('cs', to_jsonb(text '[{"customer":"1","key":"login"}]'));
SELECT csagg.ingest('cs', '5');
SELECT csagg.ingest('cs', NULL);
\set VERBOSITY terse
\echo names, and no pipeline
SELECT csagg.ingest('cs', '[{"customer":"1","key":"login"},{"customer":{"x":1},"key":"login"}]');
SELECT csagg.ingest('cs', '{"customer":true,"key":"login"}');
SELECT csagg.ingest('cs', '{"customer":"1","key":["login"]}');
SELECT csagg.ingest('cs', '{"customer":"1","key":"login","tenant":{}}');
SELECT csagg.ingest('cs', '{"customer":"1","key":"login","actor":false}');
SELECT csagg.ingest('cs', '{"customer":"1","key":"login","event_id":[]}');
SELECT csagg.ingest('cs', '{"customer":1,"key":"plan","value":{"x":1},"tenant":null,"actor":2.50,"event_id":null}');
SELECT tenant, customer, key, actor, event_id FROM cs.log WHERE key = 'plan';
SELECT csagg.ingest('nothing', '{"customer":"1","key":"login"}');
SELECT csagg.ingest(NULL, '{"customer":"1","key":"login"}');
