# The results of pandas' documentation of merge_asof. Sourced by run.
query <<'SQL'
CREATE TABLE pd_left (a int, left_val text);
CREATE TABLE pd_right (a int, right_val int);
INSERT INTO pd_left VALUES (1, 'a'), (5, 'b'), (10, 'c');
INSERT INTO pd_right VALUES (1, 1), (2, 2), (3, 3), (6, 6), (7, 7);
CREATE TABLE trades (at timestamp, ticker text, price numeric, quantity int);
CREATE TABLE quotes (at timestamp, ticker text, bid numeric, ask numeric);
INSERT INTO trades VALUES ('2016-05-25 13:30:00.023', 'MSFT', 51.95, 75), ('2016-05-25 13:30:00.038', 'MSFT', 51.95, 155),
    ('2016-05-25 13:30:00.048', 'GOOG', 720.77, 100), ('2016-05-25 13:30:00.048', 'GOOG', 720.92, 100), ('2016-05-25 13:30:00.048', 'AAPL', 98.00, 100);
INSERT INTO quotes VALUES ('2016-05-25 13:30:00.023', 'GOOG', 720.50, 720.93), ('2016-05-25 13:30:00.023', 'MSFT', 51.95, 51.96),
    ('2016-05-25 13:30:00.030', 'MSFT', 51.97, 51.98), ('2016-05-25 13:30:00.041', 'MSFT', 51.99, 52.00), ('2016-05-25 13:30:00.048', 'GOOG', 720.50, 720.93),
    ('2016-05-25 13:30:00.049', 'AAPL', 97.99, 98.01), ('2016-05-25 13:30:00.072', 'GOOG', 720.50, 720.88), ('2016-05-25 13:30:00.075', 'MSFT', 52.01, 52.03);
SQL
# pandas NAME ARGUMENTS EXPECTED: one right value a left row
numbers() { same "pandas: $1" "$3" "$(query -c "SELECT string_agg(coalesce((right_row).right_val::text, 'NaN'), ' ' ORDER BY (left_row).a) FROM csagg.asof_join(NULL::pd_left, NULL::pd_right, 'a', 'a'$2)")"; }
quotes() { same "pandas: $1" "$3" "$(query -c "SELECT string_agg(coalesce((right_row).bid::text, 'NaN'), ' ' ORDER BY (left_row).at, (left_row).ticker DESC, (left_row).price) FROM csagg.asof_join(NULL::trades, NULL::quotes, 'at', 'at', '{ticker}'$2)")"; }
numbers 'on' '' '1 3 7'
numbers 'allow_exact_matches=False' ', allow_exact => false' 'NaN 3 7'
numbers "direction='forward'" ", direction => 'forward'" '1 6 NaN'
numbers "direction='nearest'" ", direction => 'nearest'" '1 6 7'
numbers 'tolerance=1' ", tolerance => '1'" '1 NaN NaN'
numbers "direction='forward', allow_exact_matches=False" ", direction => 'forward', allow_exact => false" '2 6 NaN'
quotes "by='ticker'" '' '51.95 51.97 720.50 720.50 NaN'
quotes "by='ticker', tolerance='2ms'" ", tolerance => '2 ms'" '51.95 NaN 720.50 720.50 NaN'
quotes "by='ticker', tolerance='10ms', allow_exact_matches=False" ", tolerance => '10 ms', allow_exact => false" 'NaN 51.97 NaN NaN NaN'
# Of equal right instants backward takes the last in order, forward the first; nearest is backward at equal distance.
query -c "INSERT INTO pd_right VALUES (5, 50), (5, 51)"
numbers 'ties, backward' ", tie_break => 'right_val'" '1 51 7'
numbers 'ties, forward' ", tie_break => 'right_val', direction => 'forward'" '1 50 NaN'
query -c "TRUNCATE pd_right" -c "INSERT INTO pd_right VALUES (3, 3), (7, 7)"
numbers 'nearest at equal distance' ", direction => 'nearest'" '3 3 7'
