-- A statement that ends more than half of ten customers or more stops a source of states; what the filter leaves out is no customer. Rows
-- of a partitioned table are followed one by one, and taken as they come.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"plan": "text"}}');
CREATE TABLE account (id int PRIMARY KEY, plan text, shown boolean DEFAULT true);
CREATE TABLE region (id int PRIMARY KEY, plan text) PARTITION BY RANGE (id);
CREATE TABLE region_1 PARTITION OF region DEFAULT;
SELECT csagg.add_states('cs', 'account', 'id', '{plan}', filter => 'shown'), csagg.add_states('cs', 'region', 'id', '{plan}', rename => '{"plan": "area"}');
CREATE FUNCTION after_delete(here int, gone int, hidden int DEFAULT 0) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    stopped boolean;
BEGIN
    DELETE FROM account;
    PERFORM csagg.resume('cs', 'account');
    INSERT INTO account SELECT i, 'gold' FROM generate_series(1, here) i;
    INSERT INTO account SELECT 1000 + i, 'gold', false FROM generate_series(1, hidden) i;
    DELETE FROM account WHERE id <= gone OR id > 1000 AND id % 2 = 0;
    SELECT error IS NOT NULL INTO stopped FROM cs.source WHERE name = 'account';
    RETURN stopped;
END $$;
SELECT here, gone, after_delete(here, gone) AS stopped FROM (VALUES (9, 9), (10, 10), (19, 9), (19, 10), (20, 10), (21, 11), (21, 10)) v(here, gone);
SELECT after_delete(10, 2, hidden => 100), after_delete(12, 10, hidden => 100);
INSERT INTO region SELECT i, 'north' FROM generate_series(1, 20) i;
DELETE FROM region;
SELECT error FROM cs.source WHERE name = 'region';
CALL csagg.refresh('cs');
SELECT count(*) FROM cs.current WHERE csagg.text_at(csagg.timeline_of(facts, 'area'), now()) IS NULL AND customer::int <= 20;
