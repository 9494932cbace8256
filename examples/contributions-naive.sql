-- The questions of examples/contributions.sql as plain SQL, contributor by contributor and month by month, and the rows
-- in which the two answers differ: `differences` is 0 for each.

CREATE INDEX ON contributions (project, contributor, at);
ANALYZE contributions;

-- The state of each contributor at the end of each month. A month's closing value is what held just before the next
-- month: commits before its start count, and those of the 90 days up to there.
CREATE TABLE naive AS
SELECT c.project, c.contributor, m::date AS month,
       CASE WHEN l.at >= m + interval '1 month' - interval '90 days' THEN 'active' WHEN l.at IS NOT NULL THEN 'lapsed' END AS activity,
       l.affiliation
FROM generate_series('2016-02-01', (SELECT max(at) FROM contributions), '1 month') m
CROSS JOIN (SELECT DISTINCT project, contributor FROM contributions) c
LEFT JOIN LATERAL (SELECT at, affiliation FROM contributions a
                   WHERE (a.project, a.contributor) = (c.project, c.contributor) AND a.at < m + interval '1 month'
                   ORDER BY at DESC, affiliation COLLATE "C" DESC LIMIT 1) l ON true;

CREATE VIEW naive_activity AS
SELECT project, month, activity, count(*) AS n FROM naive WHERE activity IS NOT NULL GROUP BY 1, 2, 3;

CREATE VIEW naive_moves AS
SELECT project, month, CASE WHEN before IS NULL THEN 'new' WHEN activity = 'lapsed' THEN 'lapsed' ELSE 'returned' END AS move, count(*) AS n
FROM (SELECT *, lag(activity) OVER (PARTITION BY project, contributor ORDER BY month) AS before FROM naive) n
WHERE activity IS DISTINCT FROM before GROUP BY 1, 2, 3;

CREATE VIEW naive_affiliation AS
SELECT project, month, activity, affiliation, count(*) AS n FROM naive WHERE activity IS NOT NULL GROUP BY 1, 2, 3, 4;

CREATE VIEW naive_commits AS
SELECT project, m::date AS month, count(a.at) AS commits
FROM generate_series('2016-02-01', (SELECT max(at) FROM contributions), '1 month') m
CROSS JOIN (SELECT DISTINCT project FROM contributions) p
LEFT JOIN contributions a USING (project)
WHERE a.at >= m AND a.at < m + interval '1 month' GROUP BY 1, 2;

CREATE VIEW answers AS
SELECT 'activity' AS question, (SELECT count(*) FROM naive_activity) AS rows,
       (SELECT count(*) FROM ((TABLE activity_by_month EXCEPT ALL TABLE naive_activity) UNION ALL (TABLE naive_activity EXCEPT ALL TABLE activity_by_month)) d) AS differences
UNION ALL
SELECT 'moves', (SELECT count(*) FROM naive_moves),
       (SELECT count(*) FROM ((TABLE moves_by_month EXCEPT ALL TABLE naive_moves) UNION ALL (TABLE naive_moves EXCEPT ALL TABLE moves_by_month)) d)
UNION ALL
SELECT 'affiliation', (SELECT count(*) FROM naive_affiliation),
       (SELECT count(*) FROM ((TABLE affiliation_by_month EXCEPT ALL TABLE naive_affiliation) UNION ALL (TABLE naive_affiliation EXCEPT ALL TABLE affiliation_by_month)) d)
UNION ALL
SELECT 'commits', (SELECT count(*) FROM naive_commits),
       (SELECT count(*) FROM ((SELECT * FROM commits_by_month WHERE commits > 0 EXCEPT ALL TABLE naive_commits) UNION ALL (TABLE naive_commits EXCEPT ALL TABLE commits_by_month)) d);
