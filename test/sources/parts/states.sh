life states.sql 'states' by=
life states.sql 'states of a partitioned table' by=1
