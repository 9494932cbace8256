# Rules: scores at an instant, and two years of them with their daily distribution. Sourced by bench/run.

SINCE="'2025-01-01 00:00+01'" UNTIL="'2027-01-01 00:00+01'"
GRID="csagg.grid('2025-01-01', '2027-01-01', '1 day', 'Europe/Berlin')"
OVER="SELECT csagg.distribution(csagg.score_over(r, c, $SINCE, $UNTIL), $GRID) AS d FROM rules, customer c"
# The other way: a score per customer and day, at the day's last instant. Of every 37th day, 20 of the 730: the rest would
# take a minute a round and differ in nothing.
DAYS="generate_series(0, 729, 37) i, LATERAL (SELECT date '2025-01-01' + i AS day) d"
LAST_INSTANT="(day + 1)::timestamp AT TIME ZONE 'Europe/Berlin' - interval '1 microsecond'"
DAILY="SELECT day, csagg.score(r, c, $LAST_INSTANT) AS score, count(*) AS n FROM rules, customer c, $DAYS GROUP BY day, score"

echo "results equal:"
difference=$(query -c "
    WITH over AS (SELECT b.bucket::date AS day, b.number AS score, b.n FROM ($OVER) s, csagg.buckets(s.d) b
                  WHERE (b.bucket::date - date '2025-01-01') % 37 = 0),
    daily AS (SELECT day, score, n FROM ($DAILY) s WHERE score IS NOT NULL)
    SELECT (SELECT count(*) FROM (TABLE over EXCEPT ALL TABLE daily) x) + (SELECT count(*) FROM (TABLE daily EXCEPT ALL TABLE over) x)
         + (SELECT (count(*) = 0)::int FROM over)")
verdict 'rows that differ from a score per customer and day' "$difference" == 0

echo "a. 20,000 customers of about 200 events, 10 rules:"
case_ scan 'SELECT count(*) FROM rules, customer c WHERE c.facts IS NOT NULL'
case_ score "SELECT count(csagg.score(r, c, '2026-03-01 12:00+00')) FROM rules, customer c"
case_ daily_20_of_730_days "SELECT count(*), sum(n) FROM ($DAILY) s"
case_ score_over "SELECT count(csagg.score_over(r, c, $SINCE, $UNTIL)) FROM rules, customer c"
case_ score_over_distribution "SELECT count(d) FROM ($OVER) s"
case_ assess_over_distribution "SELECT count(d) FROM (SELECT csagg.distribution(a.score, $GRID) AS d FROM rules, customer c, csagg.assess_over(r, c, $SINCE, $UNTIL) a) s"
measure
verdict 'scores per second and core' "$(awk "BEGIN {print 20000 / ${ms[score]} * 1000}")" '>=' 400000
verdict 'score per customer and day / score_over, distribution' "$(awk "BEGIN {print ${ms[daily_20_of_730_days]} * 730 / 20 / ${ms[score_over_distribution]}}")" '>=' 100
printf '  => %-58s %8.1f\n' 'score per customer and day / assess_over, distribution' "$(awk "BEGIN {print ${ms[daily_20_of_730_days]} * 730 / 20 / ${ms[assess_over_distribution]}}")"

echo "b. 1,000 rule sets, one a tenant:"
of_tenants() { echo "SELECT count(csagg.$2) FROM $1 t JOIN customer c ON t.tenant = c.customer_id % 1000"; }
SCORE="score(r, c, '2026-03-01 12:00+00')"
case_ score_of_1000 "$(of_tenants tenant "$SCORE")"
case_ score_of_one "$(of_tenants tenant_alike "$SCORE")"
measure
verdict 'score, 1,000 rule sets / one' "$(ratio "${ms[score_of_1000]}" "${ms[score_of_one]}")" '<=' 1.3

echo "c. a rule over this month, and one over 30 days:"
for over in '30 days' 'this month'; do
    case_ "score_of_${over// /_}" "SELECT count(csagg.score(r, c, '2026-03-20 12:00+00')) FROM window_rules, customer c WHERE over = '$over'"
    case_ "score_over_of_${over// /_}" "SELECT count(csagg.score_over(r, c, $SINCE, $UNTIL)) FROM window_rules, customer c WHERE over = '$over'"
done
measure
printf '  => %-58s %8.2f\n' 'score, this month / 30 days' "$(ratio "${ms[score_of_this_month]}" "${ms[score_of_30_days]}")" \
    'score_over, this month / 30 days' "$(ratio "${ms[score_over_of_this_month]}" "${ms[score_over_of_30_days]}")"
