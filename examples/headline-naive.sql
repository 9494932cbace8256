-- The same question as plain SQL asks it: the latest row of each customer, day by day. It needs the index on
-- (key, customer, at), and its work is customers x days. Same columns as examples/headline.sql, for `health`.

SELECT day, CASE WHEN v.value::numeric < 40 THEN 'red' WHEN v.value::numeric < 70 THEN 'yellow' ELSE 'green' END AS value,
       count(*) AS n
FROM generate_series(timestamp '2024-01-01', '2025-12-31', '1 day') day
CROSS JOIN (SELECT DISTINCT customer FROM activity) c
CROSS JOIN LATERAL (SELECT value FROM activity a
                    WHERE a.key = 'health' AND a.customer = c.customer AND a.at < (day + interval '1 day') AT TIME ZONE 'UTC'
                    ORDER BY a.at DESC, a.id DESC LIMIT 1) v
WHERE v.value IS NOT NULL
GROUP BY 1, 2;
