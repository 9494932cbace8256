life events.sql 'events' by= deletes=keep
life events.sql 'events that are retracted' by= deletes=retract
life events.sql 'events of a partitioned table' 'by=PARTITION BY RANGE (tenant)' deletes=retract
