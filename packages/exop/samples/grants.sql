-- Makes exec_reader, the account with which EXCS reads the Config DB: SELECT on each column that is read, nothing else.
-- Run it in the database of the Config DB, as the owner of its tables or as a superuser:
--   psql -v ON_ERROR_STOP=1 -f grants.sql <database>
-- Then give the account a password: \password exec_reader
DO $grants$
DECLARE
  account text := 'exec_reader';
  owner text := 'public';
  wanted record;
  relation record;
  present text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account) THEN
    EXECUTE format('CREATE ROLE %I LOGIN', account);
  END IF;
  EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', account);
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), account);
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', owner, account);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', owner, account);
  FOR wanted IN
    SELECT * FROM (VALUES
      ('cfg_tenant', ARRAY['dbid', 'name']),
      ('cfg_person', ARRAY['dbid', 'tenant_dbid', 'employee_id', 'first_name', 'last_name', 'user_name', 'email_address', 'is_agent', 'state']),
      ('cfg_skill', ARRAY['dbid', 'tenant_dbid', 'name', 'state']),
      ('cfg_skill_level', ARRAY['person_dbid', 'skill_dbid', 'level_']),
      ('cfg_switch', ARRAY['dbid', 'tenant_dbid', 'name', 'state']),
      ('cfg_dn', ARRAY['dbid', 'switch_dbid', 'number_', 'name', 'type', 'state']),
      ('cfg_group', ARRAY['dbid', 'tenant_dbid', 'group_type', 'name', 'state']),
      ('cfg_agent_group', ARRAY['group_dbid', 'agent_dbid']),
      ('cfg_agent_login', ARRAY['dbid', 'login_code', 'switch_dbid', 'state']),
      ('cfg_login_info', ARRAY['person_dbid', 'agent_login_dbid']),
      ('cfg_flex_prop', ARRAY['dbid', 'object_dbid', 'object_type', 'parent_dbid', 'prop_name', 'prop_value', 'part']),
      ('cfg_enumerator', ARRAY['dbid', 'tenant_dbid', 'name', 'state']),
      ('cfg_enumerator_value', ARRAY['dbid', 'enumerator_dbid', 'name', 'display_name', 'state']),
      ('cfg_transaction', ARRAY['dbid', 'tenant_dbid', 'name', 'type', 'state']),
      ('cfg_folder', ARRAY['dbid', 'name', 'type', 'owner_type', 'owner_dbid', 'parent_type', 'parent_dbid']),
      ('cfg_folder_item', ARRAY['folder_dbid', 'object_type', 'object_dbid']),
      ('cfg_locale', ARRAY['lc_type', 'lc_subtype', 'lc_value'])
    ) AS list(name, columns)
  LOOP
    SELECT c.oid, c.relkind INTO relation
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = owner AND c.relname = wanted.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
    IF NOT FOUND THEN
      RAISE NOTICE 'there is no table %.%', owner, wanted.name;
      CONTINUE;
    END IF;
    -- Row versions show a change without reading everything; a view has none.
    SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) INTO present
      FROM pg_attribute a
      WHERE a.attrelid = relation.oid AND NOT a.attisdropped
        AND (a.attname = ANY (wanted.columns) OR (a.attname = 'xmin' AND relation.relkind = 'r'));
    IF present IS NOT NULL THEN
      EXECUTE format('GRANT SELECT (%s) ON %I.%I TO %I', present, owner, wanted.name, account);
    END IF;
  END LOOP;
END
$grants$;
