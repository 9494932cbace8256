dates='type=date range=daterange column=since end=until account=int'
life intervals.sql 'intervals of dates' $dates included=false by=
life intervals.sql 'intervals of dates, the last included' $dates included=true by=
life intervals.sql 'intervals of instants, partitioned' type=timestamptz range=tstzrange column=since end=until account=varchar included=true 'by=PARTITION BY RANGE (tenant)'
life intervals.sql 'intervals without an end' type=timestamp range=tsrange column=since end= account=bigint included=false by=
life intervals.sql 'ranges of instants' type=timestamptz range=tstzrange column=span end= account=text included=false by=
life intervals.sql 'ranges of dates' type=date range=daterange column=span end= account=numeric included=false by=
