-- Real activity: the commits to five public PostgreSQL projects, in a plain table as a database would have it already.
--
--   psql -f examples/contributions.sql < contributions.csv
--
-- A project is the tenant, a contributor the customer, a commit an event, the affiliation a state.

CREATE TABLE contributions (project text, contributor text, at timestamptz, files int, added int, deleted int, affiliation text);
\copy contributions FROM pstdin WITH (FORMAT csv, HEADER)

-- One row a contributor: a counter of the commits, a timeline of the affiliation, and whether there was a commit in the
-- trailing 90 days: absent before the first, then 'active', and 'lapsed' once the last one is 90 days old.
CREATE TABLE contributor AS
SELECT project, contributor, commits, affiliation,
       csagg.bin(csagg.trailing_events(commits, '90 days', 'UTC'), '{1}', '{lapsed,active}') AS activity
FROM (SELECT project, contributor, csagg.counter(at) AS commits, csagg.timeline(at, affiliation) AS affiliation
      FROM contributions GROUP BY project, contributor) c;

-- The months of the data, and what the questions give for them.
CREATE VIEW months AS SELECT csagg.grid('2016-02-01', (SELECT date_trunc('month', max(at)) + '1 month' FROM contributions)::timestamp, '1 month', 'UTC') AS grid;

CREATE VIEW activity_by_month AS
SELECT project, b.bucket::date AS month, b.value AS activity, b.n
FROM (SELECT project, csagg.distribution(activity, grid) AS d FROM contributor, months GROUP BY project) p, csagg.buckets(p.d) b;

CREATE VIEW moves_by_month AS
SELECT project, b.bucket::date AS month,
       CASE WHEN b.from_value IS NULL THEN 'new' WHEN b.to_value = 'lapsed' THEN 'lapsed' ELSE 'returned' END AS move, b.n
FROM (SELECT project, csagg.flows(activity, grid) AS f FROM contributor, months GROUP BY project) p, csagg.buckets(p.f) b;

CREATE VIEW affiliation_by_month AS
SELECT project, b.bucket::date AS month, b.members[1] AS activity, b.members[2] AS affiliation, b.n
FROM (SELECT project, csagg.distribution(ARRAY[activity, affiliation], grid) AS d FROM contributor, months GROUP BY project) p,
     csagg.joint_buckets(p.d) b;

CREATE VIEW commits_by_month AS
SELECT project, b.bucket::date AS month, b.events AS commits
FROM (SELECT project, csagg.merge(commits) AS commits FROM contributor GROUP BY project) p, months, csagg.totals(p.commits, grid) b;
