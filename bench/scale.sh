# What one server takes for a customer, an event and a group of customers: the figures that docs/scale.md reckons with. Sourced by bench/run.

GRID="csagg.grid(current_date - 400, current_date, '1 day', 'Europe/Berlin')"
BANDS="csagg.distribution(band, $GRID)"
SCORES="csagg.distribution(csagg.bin(score, '{10,20,30,40,50,60,70,80,90}'::numeric[]), $GRID)"
figure() { printf '  => %-58s %10.1f\n' "$@"; }
per() { query -c "SELECT $1::numeric / $2"; }

echo "a. bytes, of a pipeline of 20,000 customers with 50 rows each:"
figure 'of a row of the log, with its index' "$(per "pg_total_relation_size('cs.log')" '(SELECT count(*) FROM cs.log)')" \
    'of a customer: facts, scores, stages, bands, outlook' "$(per "pg_total_relation_size('cs.current')" 20000)" \
    'of a customer: episodes of its alerts, and the feed' "$(per "(pg_total_relation_size('cs.alert') + pg_total_relation_size('cs.alert_feed'))" 20000)" \
    'of a distribution of bands, 400 days' "$(query -c "SELECT length(csagg.distribution_send($BANDS)) FROM said WHERE part = 1")" \
    'of a distribution of scores in ten bins, 400 days' "$(query -c "SELECT length(csagg.distribution_send($SCORES)) FROM said WHERE part = 1")" \
    'of a distribution of scores as they are' "$(query -c "SELECT length(csagg.distribution_send(csagg.distribution(score, $GRID))) FROM said WHERE part = 1")"

echo "b. us that a step takes for a row:"
figure '1,000 rows of 1,000 customers' "$(query -c 'SELECT fold_cost(1000, 1000)')" '10,000 rows of 10,000 customers' "$(query -c 'SELECT fold_cost(10000, 10000)')" \
    '10,000 rows of 1,000 customers' "$(query -c 'SELECT fold_cost(10000, 1000)')"

echo "c. 1,000 partial states put together, as of as many shards or groups:"
query -c "CREATE TABLE part AS SELECT i, b AS bands, s AS scores FROM generate_series(1, 1000) i, (SELECT $BANDS AS b, $SCORES AS s FROM said WHERE part = 1) d" -c 'VACUUM ANALYZE part'
case_ rollup_of_bands 'SELECT csagg.rollup(bands) FROM part'
case_ rollup_of_scores 'SELECT csagg.rollup(scores) FROM part'
measure
figure 'us a state of bands' "$(awk "BEGIN {print ${ms[rollup_of_bands]}}")" 'us a state of scores' "$(awk "BEGIN {print ${ms[rollup_of_scores]}}")"

echo "d. growth, on one core:"
grow() { # NAME AGGREGATE
    local n
    for n in 1 5 20; do case_ "$1_of_${n}_x_20,000_customers" "SELECT count(d) FROM (SELECT $2 AS d FROM said WHERE part <= $n) s"; done
    measure
    verdict "$1: time of 20 x the customers / time" "$(ratio "${ms[$1_of_20_x_20,000_customers]}" "${ms[$1_of_1_x_20,000_customers]}")" '<=' 22
}
grow bands "$BANDS"
grow scores "$SCORES"
