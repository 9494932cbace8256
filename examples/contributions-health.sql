-- How are the contributors of examples/contributions.sql doing? A rule set of ten rules, over all the years.
--
-- files is a counter, too: its events are the commits, its amounts the files they touch. affiliation is a text that holds
-- from one commit to the next. A contributor exists from the first commit on.

CREATE TABLE health AS SELECT '{
    "timezone": "UTC",
    "facts": {"commits": "counter", "files": "counter", "affiliation": "text"},
    "stages": [{"name": "newcomer", "when": "days_since(first(commits)) < 90"},
               {"name": "away", "when": "count(commits, 180 days) = 0"},
               {"name": "regular", "when": "active_days(commits, 90 days) >= 15"},
               {"name": "occasional"}],
    "base": 30, "min": 0, "max": 100,
    "rules": [
        {"name": "active", "when": "count(commits, 30 days) > 0", "points": 20},
        {"name": "comes every month", "points": 15,
         "when": "count(commits, 30 days) > 0 and count(commits, 30 days, 30 days ago) > 0 and count(commits, 30 days, 60 days ago) > 0"},
        {"name": "bursty", "when": "count(commits, 90 days) >= 10 and count(commits, 7 days) >= 0.5 * count(commits, 90 days)", "points": -5},
        {"name": "rising", "when": "count(commits, 90 days) >= 10 and count(commits, 90 days) > 2 * count(commits, 90 days, 90 days ago)", "points": 10},
        {"name": "fading", "stages": ["regular", "occasional"], "points": -15,
         "when": "count(commits, 90 days, 90 days ago) >= 10 and count(commits, 90 days) < 0.5 * count(commits, 90 days, 90 days ago)"},
        {"name": "returned", "points": 10,
         "when": "count(commits, 30 days) > 0 and count(commits, 180 days, 30 days ago) = 0 and days_since(first(commits)) >= 210"},
        {"name": "broad", "when": "count(commits, 90 days) > 0", "points": "least(15, round(sum(files, 90 days) / 20, 1))"},
        {"name": "affiliated", "when": "affiliation not in (''personal'', ''other'')", "points": 5},
        {"name": "changed sides", "when": "changed_within(affiliation, 180 days) and previous(affiliation) is not null", "points": -5},
        {"name": "silent", "when": "days_since(last(commits)) > 90", "points": "-least(30, 0.25 * (days_since(last(commits)) - 90))"}],
    "bands": [{"name": "cold"}, {"name": "cool", "from": 20}, {"name": "warm", "from": 45}, {"name": "hot", "from": 75}],
    "alerts": [{"name": "lost a regular", "when": "count(commits, 60 days) = 0 and active_days(commits, 90 days, 60 days ago) >= 15", "for": "7 days"}]
}'::csagg.ruleset AS rules;

-- All ten years of everybody, in one pass each.
CREATE TABLE assessed AS
SELECT project, contributor, c.commits, c.files, c.affiliation, o.*
FROM (SELECT project, contributor, csagg.counter(at) AS commits, csagg.counter(at, files) AS files, csagg.timeline(at, affiliation) AS affiliation
      FROM contributions GROUP BY project, contributor) c,
     health, (SELECT date_trunc('month', max(at)) + interval '1 month' AS last FROM contributions) l, csagg.assess_over(rules, c, '2016-02-01', last) o;

CREATE VIEW band_by_month AS
SELECT project, b.bucket::date AS month, b.value AS band, b.n
FROM (SELECT project, csagg.distribution(band, grid) AS d FROM assessed, months GROUP BY project) p, csagg.buckets(p.d) b;

-- The closing stage and score of everybody in each month.
CREATE TABLE score_by_month AS
SELECT project, contributor, s.bucket::date AS month, csagg.text_at(stage, (s.bucket + interval '1 month' - interval '1 microsecond')::timestamptz) AS stage, s.number AS score
FROM assessed, months, csagg.snapshots(score, grid) s WHERE s.number IS NOT NULL;
