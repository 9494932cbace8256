-- run() every minute, by pg_cron where it is.

CREATE FUNCTION csagg.pipeline_crontab(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT '* * * * * psql -Xq -d ''' || replace(replace(current_database(), '''', E'''\\'''''), '%', E'\\%')
        || ''' -c ''' || replace(replace(format('CALL csagg.run(%L)', pipeline), '''', E'''\\'''''), '%', E'\\%') || ''''
$body$;
COMMENT ON FUNCTION csagg.pipeline_crontab(name) IS
    'the line of a crontab that runs a pipeline: for a shell, with % escaped';

CREATE FUNCTION csagg.pipeline_job(pipeline name) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$ SELECT 'csagg run ' || pipeline $body$;
COMMENT ON FUNCTION csagg.pipeline_job(name) IS
    'name of a pipeline''s job in pg_cron';

CREATE FUNCTION csagg.schedule(pipeline name) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    command text := format('CALL csagg.run(%L)', pipeline);
    home text := CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('cron.database_name', true) END;  -- others may not ask
    job bigint;
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        RAISE feature_not_supported USING MESSAGE = 'this database has no pg_cron',
            HINT = CASE WHEN home <> current_database()
                THEN format('A superuser in database "%s": SELECT cron.schedule_in_database(%L, ''* * * * *'', %L, %L, %L);',
                    home, csagg.pipeline_job(pipeline), command, current_database(), current_user)
                ELSE 'A superuser, if this is the database of cron.database_name: CREATE EXTENSION pg_cron; else a line in a crontab: '
                    || csagg.pipeline_crontab(pipeline) END;
    ELSIF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = current_user) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('role "%s" may not log in, which pg_cron does as the pipeline''s owner', current_user), HINT = format('ALTER ROLE %I LOGIN;', current_user);
    ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = format('role "%s" may not use pg_cron', current_user),
            HINT = format('GRANT USAGE ON SCHEMA cron TO %I; or a line in a crontab: %s', current_user, csagg.pipeline_crontab(pipeline));
    END IF;
    EXECUTE 'SELECT cron.schedule($1, ''* * * * *'', $2)' INTO job USING csagg.pipeline_job(pipeline), command;
    RETURN job;
END $body$;
COMMENT ON FUNCTION csagg.schedule(name) IS
    'has pg_cron call run() every minute as the caller; gives the job''s number. Again: the same job. Errors: 42704, 42501 as of step(), 42501 for who may not use pg_cron, 55000 for a role that may not log in; 0A000 where there is no pg_cron, with the line of a crontab, or the call for the database that has it, as the hint';

CREATE FUNCTION csagg.unschedule(pipeline name) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    ended boolean := false;
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') AND has_schema_privilege('cron', 'USAGE') THEN
        EXECUTE 'SELECT coalesce(bool_or(cron.unschedule(jobid)), false) FROM cron.job WHERE jobname = $1 AND username = current_user'
            INTO ended USING csagg.pipeline_job(pipeline);
    END IF;
    RETURN ended;
END $body$;
COMMENT ON FUNCTION csagg.unschedule(name) IS
    'takes back schedule(); whether there was a job. A run() that is running goes on to its end. Errors: 42704, 42501 as of step()';
