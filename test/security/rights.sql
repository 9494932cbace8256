-- Who has which right to what in the schema :p, by the catalog: letters as in psql's \dp, of columns in parentheses; and whether rows
-- are filtered. Roles :reads, :writes, :operates, :stranger.
WITH who (n, name) AS (VALUES (1, :'writes'), (2, :'reads'), (3, :'operates'), (4, :'stranger')),
relation AS (
    SELECT c.oid, relname, relkind, relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant') AS policies
    FROM pg_class c JOIN pg_namespace s ON s.oid = relnamespace WHERE nspname = :'p' AND relkind IN ('r', 'p', 'v', 'm', 'f')),
privilege (letter, name, of_column) AS (VALUES ('a', 'INSERT', true), ('r', 'SELECT', true), ('w', 'UPDATE', true), ('d', 'DELETE', false), ('D', 'TRUNCATE', false), ('x', 'REFERENCES', true), ('t', 'TRIGGER', false)),
right_to AS (
    SELECT r.oid, w.n, CASE WHEN has_table_privilege(w.name, r.oid, p.name) THEN p.letter
        WHEN p.of_column AND has_any_column_privilege(w.name, r.oid, p.name) THEN p.letter || '(' || (
            SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = r.oid AND attnum > 0 AND has_column_privilege(w.name, r.oid, attnum, p.name)) || ')' END AS letters
    FROM relation r, who w, privilege p)
SELECT concat_ws(' | ', relname, CASE WHEN relkind = 'v' THEN 'view' WHEN NOT relrowsecurity THEN 'open' WHEN policies = 0 THEN 'closed' ELSE 'by tenant' END,
    (SELECT coalesce(string_agg(letters, ' ' ORDER BY letters), '-') FROM right_to t WHERE t.oid = r.oid AND n = 1),
    (SELECT coalesce(string_agg(letters, ' ' ORDER BY letters), '-') FROM right_to t WHERE t.oid = r.oid AND n = 2),
    (SELECT coalesce(string_agg(letters, ' ' ORDER BY letters), '-') FROM right_to t WHERE t.oid = r.oid AND n = 3),
    (SELECT coalesce(string_agg(letters, ' ' ORDER BY letters), '-') FROM right_to t WHERE t.oid = r.oid AND n = 4))
FROM relation r
UNION ALL
SELECT concat_ws(' | ', relname, 'sequence', (SELECT string_agg(CASE WHEN has_sequence_privilege(name, c.oid, 'SELECT') OR has_sequence_privilege(name, c.oid, 'USAGE') OR has_sequence_privilege(name, c.oid, 'UPDATE') THEN 'r' ELSE '-' END, ' | ' ORDER BY n) FROM who))
FROM pg_class c JOIN pg_namespace s ON s.oid = relnamespace WHERE nspname = :'p' AND relkind = 'S'
UNION ALL
SELECT concat_ws(' | ', proname || '()', CASE WHEN prosecdef THEN 'as owner' ELSE 'as caller' END,
    (SELECT string_agg(CASE WHEN has_function_privilege(name, p.oid, 'EXECUTE') AND has_schema_privilege(name, s.oid, 'USAGE') THEN 'X' ELSE '-' END, ' | ' ORDER BY n) FROM who))
FROM pg_proc p JOIN pg_namespace s ON s.oid = pronamespace WHERE nspname = :'p'
ORDER BY 1;
