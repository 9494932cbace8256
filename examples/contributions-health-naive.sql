-- The rules of examples/contributions-health.sql in plain SQL: every contributor at the last microsecond of every month.

-- The affiliations one after another: of commits at one instant the greater name.
CREATE TABLE affiliation AS
SELECT *, lag(name) OVER (PARTITION BY project, contributor ORDER BY at) AS before
FROM (SELECT DISTINCT ON (project, contributor, at) project, contributor, at, affiliation COLLATE "C" AS name FROM contributions
      ORDER BY project, contributor, at, affiliation COLLATE "C" DESC) a;
CREATE INDEX ON affiliation (project, contributor, at);
ANALYZE affiliation;

CREATE TABLE naive_health AS
WITH instant AS (
    SELECT c.project, c.contributor, m::date AS month, m + interval '1 month' - interval '1 microsecond' AS t
    FROM generate_series('2016-02-01', (SELECT max(at) FROM contributions), '1 month') m
    CROSS JOIN (SELECT DISTINCT project, contributor FROM contributions) c),
seen AS (
    SELECT i.*, e.*, a.*, l.*
    FROM instant i
    CROSS JOIN LATERAL (
        SELECT t::date - min(at)::date AS since_first, t::date - max(at)::date AS since_last,
               count(*) FILTER (WHERE at > t - interval '7 days') AS d7, count(*) FILTER (WHERE at > t - interval '30 days') AS d30,
               count(*) FILTER (WHERE at > t - interval '60 days' AND at <= t - interval '30 days') AS d30_30,
               count(*) FILTER (WHERE at > t - interval '90 days' AND at <= t - interval '60 days') AS d30_60,
               count(*) FILTER (WHERE at > t - interval '90 days') AS d90, count(*) FILTER (WHERE at > t - interval '180 days') AS d180,
               count(*) FILTER (WHERE at > t - interval '180 days' AND at <= t - interval '90 days') AS d90_90,
               count(*) FILTER (WHERE at > t - interval '210 days' AND at <= t - interval '30 days') AS d180_30,
               count(DISTINCT at::date) FILTER (WHERE at > t - interval '90 days') AS days_90,
               coalesce(sum(files) FILTER (WHERE at > t - interval '90 days'), 0) AS files_90
        FROM contributions c WHERE (c.project, c.contributor) = (i.project, i.contributor) AND at <= t) e
    CROSS JOIN LATERAL (SELECT name, at FROM affiliation a WHERE (a.project, a.contributor) = (i.project, i.contributor) AND at <= t ORDER BY at DESC LIMIT 1) a
    LEFT JOIN LATERAL (SELECT at AS changed FROM affiliation a
                       WHERE (a.project, a.contributor) = (i.project, i.contributor) AND a.at <= t AND a.before <> a.name ORDER BY a.at DESC LIMIT 1) l ON true),
scored AS (
    SELECT project, contributor, month,
           CASE WHEN since_first < 90 THEN 'newcomer' WHEN d180 = 0 THEN 'away' WHEN days_90 >= 15 THEN 'regular' ELSE 'occasional' END AS stage,
           greatest(0, least(100, 30
        + CASE WHEN d30 > 0 THEN 20 ELSE 0 END
        + CASE WHEN d30 > 0 AND d30_30 > 0 AND d30_60 > 0 THEN 15 ELSE 0 END
        - CASE WHEN d90 >= 10 AND d7 >= 0.5 * d90 THEN 5 ELSE 0 END
        + CASE WHEN d90 >= 10 AND d90 > 2 * d90_90 THEN 10 ELSE 0 END
        - CASE WHEN since_first >= 90 AND d180 > 0 AND d90_90 >= 10 AND d90 < 0.5 * d90_90 THEN 15 ELSE 0 END
        + CASE WHEN d30 > 0 AND d180_30 = 0 AND since_first >= 210 THEN 10 ELSE 0 END
        + CASE WHEN d90 > 0 THEN least(15, round(files_90 / 20.0, 1)) ELSE 0 END
        + CASE WHEN name NOT IN ('personal', 'other') THEN 5 ELSE 0 END
        - CASE WHEN changed > t - interval '180 days' THEN 5 ELSE 0 END
        - CASE WHEN since_last > 90 THEN least(30, 0.25 * (since_last - 90)) ELSE 0 END)) AS score
    FROM seen)
SELECT *, CASE WHEN score >= 75 THEN 'hot' WHEN score >= 45 THEN 'warm' WHEN score >= 20 THEN 'cool' ELSE 'cold' END AS band FROM scored;

CREATE VIEW naive_score AS SELECT project, contributor, month, stage, score FROM naive_health;
CREATE VIEW naive_band AS SELECT project, month, band, count(*) AS n FROM naive_health GROUP BY 1, 2, 3;

CREATE VIEW health_answers AS
SELECT 'scores' AS question, (SELECT count(*) FROM naive_score) AS rows,
       (SELECT count(*) FROM ((TABLE score_by_month EXCEPT ALL TABLE naive_score) UNION ALL (TABLE naive_score EXCEPT ALL TABLE score_by_month)) d) AS differences
UNION ALL
SELECT 'bands', (SELECT count(*) FROM naive_band),
       (SELECT count(*) FROM ((TABLE band_by_month EXCEPT ALL TABLE naive_band) UNION ALL (TABLE naive_band EXCEPT ALL TABLE band_by_month)) d);
