-- Domains over domains are their base type's; a partition that a crash would empty is found.
CREATE DOMAIN d1 AS int; CREATE DOMAIN d2 AS d1;
CREATE TABLE t (id int PRIMARY KEY, seats d2);
SELECT csagg.create_pipeline('cs');
SELECT csagg.add_states('cs', 't', customer => 'id', columns => '{seats}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY, account text, at timestamptz, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE UNLOGGED TABLE ev1 PARTITION OF ev FOR VALUES FROM (1) TO (1000000);
SELECT csagg.add_events('cs', 'ev', customer => 'account', at => 'at', fact => 'x');
