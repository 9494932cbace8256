-- Bytes at their limits, and one more; of several bytes a letter, too.
SELECT what, n, csagg.pipeline_reason(CASE what WHEN 'tenant' THEN t ELSE '' END, CASE what WHEN 'tenant' THEN 'c' WHEN 'customer' THEN t ELSE 'c' END, CASE what WHEN 'key' THEN t ELSE 'k' END,
    CASE WHEN what = 'value' THEN 'text' ELSE 'counter' END, NULL, '2026-01-01', CASE what WHEN 'value' THEN to_jsonb(t) END, CASE what WHEN 'actor' THEN t END, CASE what WHEN 'event_id' THEN t END, NULL, 'log') AS reason
FROM (SELECT what, n, repeat('é', n / 2) || repeat('x', n % 2) AS t
      FROM (VALUES ('tenant', 1999), ('customer', 2000), ('event_id', 2000), ('key', 1000), ('actor', 1000), ('value', 1000)) l(what, most), generate_series(most, most + 1) n) r ORDER BY what, n;
SELECT csagg.pipeline_reason(repeat('t', 1000), repeat('c', 1000), 'k', 'counter', NULL, '2026-01-01', NULL, NULL, repeat('e', 1001), NULL, 'log');
