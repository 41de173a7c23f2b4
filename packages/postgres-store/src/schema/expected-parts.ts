import type { LivePart } from './live-schema.ts';

/** Definitions by name, as PostgreSQL prints them. */
type Parts = Readonly<Record<string, LivePart['definition']>>;

/** What a table has beside its columns; what is left out, it has none of. */
export interface ExpectedParts {
  readonly indexes?: Parts;
  readonly constraints: Parts;
  readonly triggers?: Parts;
}

/** What the migrations make; a test compares the two. Kept here so that what is missing can be made again. */
export const expectedParts = {
  tenants: {
    indexes: {
      tenants_list: 'USING btree (created_at DESC, id DESC)',
    },
    constraints: {
      tenants_lite_llm_team_id_key: 'UNIQUE (lite_llm_team_id)',
      tenants_pkey: 'PRIMARY KEY (id)',
      tenants_sync_status_check:
        "CHECK ((sync_status = ANY (ARRAY['pending'::text, 'synced'::text, 'error'::text, 'unmirrored'::text])))",
    },
  },
  users: {
    indexes: {
      users_list: 'USING btree (tenant_id, created_at DESC, id DESC)',
    },
    constraints: {
      users_lite_llm_user_id_key: 'UNIQUE (lite_llm_user_id)',
      users_max_budget_check: 'CHECK ((max_budget >= (0)::numeric))',
      users_pkey: 'PRIMARY KEY (tenant_id, id)',
      users_rpm_limit_check: 'CHECK ((rpm_limit >= 0))',
      users_sync_status_check:
        "CHECK ((sync_status = ANY (ARRAY['pending'::text, 'synced'::text, 'error'::text, 'unmirrored'::text])))",
      users_tenant_id_fkey: 'FOREIGN KEY (tenant_id) REFERENCES tenants(id)',
      users_tpm_limit_check: 'CHECK ((tpm_limit >= 0))',
    },
  },
  subscriptions: {
    indexes: {
      subscriptions_ending: 'USING btree (expires_at) WHERE (expires_at IS NOT NULL)',
      subscriptions_list: 'USING btree (tenant_id, created_at DESC, id DESC)',
      subscriptions_of_user: 'USING btree (tenant_id, user_id, created_at DESC, id DESC)',
      subscriptions_one_default: 'UNIQUE USING btree (tenant_id, user_id) WHERE is_default',
      subscriptions_starting: 'USING btree (starts_at) WHERE (starts_at IS NOT NULL)',
    },
    constraints: {
      subscriptions_max_budget_check: 'CHECK ((max_budget >= (0)::numeric))',
      subscriptions_models_check: 'CHECK ((cardinality(models) > 0))',
      subscriptions_pkey: 'PRIMARY KEY (id)',
      subscriptions_quota_limit_check: 'CHECK ((quota_limit >= 0))',
      subscriptions_rpm_limit_check: 'CHECK ((rpm_limit >= 0))',
      subscriptions_status_check:
        "CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text, 'inactive'::text, 'pending'::text, 'denied'::text])))",
      subscriptions_tenant_id_id_key: 'UNIQUE (tenant_id, id)',
      subscriptions_tenant_id_user_id_fkey: 'FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)',
      subscriptions_tpm_limit_check: 'CHECK ((tpm_limit >= 0))',
    },
  },
  api_keys: {
    indexes: {
      api_keys_blocked: 'USING btree (tenant_id, created_at DESC, id DESC) WHERE (NOT is_active)',
      api_keys_deleting: "USING btree (tenant_id, created_at DESC, id DESC) WHERE (lifecycle = 'deleting'::text)",
      api_keys_expiring: 'USING btree (tenant_id, expires_at) WHERE (expires_at IS NOT NULL)',
      api_keys_list: 'USING btree (tenant_id, created_at DESC, id DESC)',
      api_keys_of_subscription: 'USING btree (tenant_id, subscription_id, created_at DESC, id DESC)',
      api_keys_of_user: 'USING btree (tenant_id, user_id, created_at DESC, id DESC)',
      api_keys_revoked: 'USING btree (tenant_id, created_at DESC, id DESC) WHERE (revoked_at IS NOT NULL)',
    },
    constraints: {
      api_keys_blocked_by_check: "CHECK ((blocked_by = ANY (ARRAY['owner'::text, 'admin'::text, 'both'::text])))",
      api_keys_key_hash_check: 'CHECK ((octet_length(key_hash) = 32))',
      api_keys_key_hash_key: 'UNIQUE (key_hash)',
      api_keys_lifecycle_check:
        "CHECK ((lifecycle = ANY (ARRAY['creating'::text, 'active'::text, 'aborting'::text, 'deleting'::text])))",
      api_keys_max_budget_check: 'CHECK ((max_budget >= (0)::numeric))',
      api_keys_max_parallel_requests_check: 'CHECK ((max_parallel_requests >= 0))',
      api_keys_metadata_check: "CHECK ((jsonb_typeof(metadata) = 'object'::text))",
      api_keys_models_check: 'CHECK ((cardinality(models) > 0))',
      api_keys_name_check: "CHECK ((name <> ''::text))",
      api_keys_pkey: 'PRIMARY KEY (id)',
      api_keys_quota_limit_check: 'CHECK ((quota_limit >= 0))',
      api_keys_rpm_limit_check: 'CHECK ((rpm_limit >= 0))',
      api_keys_soft_budget_check: 'CHECK ((soft_budget >= (0)::numeric))',
      api_keys_sync_status_check:
        "CHECK ((sync_status = ANY (ARRAY['pending'::text, 'synced'::text, 'error'::text, 'unmirrored'::text])))",
      api_keys_tenant_id_id_key: 'UNIQUE (tenant_id, id)',
      api_keys_tenant_id_subscription_id_fkey:
        'FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id)',
      api_keys_tenant_id_user_id_fkey: 'FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)',
      api_keys_tpm_limit_check: 'CHECK ((tpm_limit >= 0))',
    },
  },
  api_key_secrets: {
    indexes: {
      api_key_secrets_ending: "USING btree (valid_until) WHERE (state = 'retiring'::text)",
    },
    constraints: {
      api_key_secrets_generation_check: 'CHECK ((generation > 0))',
      api_key_secrets_key_hash_check: 'CHECK ((octet_length(key_hash) = 32))',
      api_key_secrets_pkey: 'PRIMARY KEY (key_hash)',
      api_key_secrets_state_check: "CHECK ((state = ANY (ARRAY['minting'::text, 'live'::text, 'retiring'::text])))",
      api_key_secrets_tenant_id_api_key_id_fkey:
        'FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys(tenant_id, id) ON DELETE CASCADE',
      api_key_secrets_tenant_id_api_key_id_generation_key: 'UNIQUE (tenant_id, api_key_id, generation)',
    },
  },
  sync_tasks: {
    indexes: {
      sync_tasks_due: 'USING btree (due_at) WHERE (dead_at IS NULL)',
    },
    constraints: {
      sync_tasks_attempts_check: 'CHECK ((attempts >= 0))',
      sync_tasks_check: 'CHECK (((lease_until IS NULL) = (lease_token IS NULL)))',
      sync_tasks_entity_check: "CHECK ((entity = ANY (ARRAY['key'::text, 'user'::text, 'team'::text])))",
      sync_tasks_pkey: 'PRIMARY KEY (tenant_id, entity, entity_id)',
    },
  },
  audit_logs: {
    indexes: {
      audit_logs_list: 'USING btree (tenant_id, created_at DESC, id DESC)',
      audit_logs_of_resource: 'USING btree (tenant_id, resource_id, created_at DESC, id DESC)',
    },
    constraints: {
      audit_logs_pkey: 'PRIMARY KEY (id)',
    },
    triggers: {
      audit_logs_append_only:
        'CREATE TRIGGER audit_logs_append_only BEFORE DELETE OR UPDATE ON audit_logs FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()',
      audit_logs_no_truncate:
        'CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()',
    },
  },
  usage_events: {
    indexes: {
      usage_events_of_key: 'USING btree (tenant_id, key_id, reserved_at)',
      usage_events_of_tenant: 'USING btree (tenant_id, reserved_at)',
      usage_events_of_user: 'USING btree (tenant_id, user_id, reserved_at)',
    },
    constraints: {
      usage_events_cost_nano_check: 'CHECK (((seq > 0) OR (cost_nano >= 0)))',
      usage_events_input_tokens_check: 'CHECK (((seq > 0) OR (input_tokens >= 0)))',
      usage_events_outcome_check:
        "CHECK ((outcome = ANY (ARRAY['completed'::text, 'aborted'::text, 'broken'::text, 'refused'::text])))",
      usage_events_output_tokens_check: 'CHECK (((seq > 0) OR (output_tokens >= 0)))',
      usage_events_pkey: 'PRIMARY KEY (reserved_at, reservation_id, seq)',
      usage_events_seq_check: 'CHECK ((seq >= 0))',
      usage_events_source_check: "CHECK ((source = ANY (ARRAY['response'::text, 'estimated'::text])))",
    },
  },
  idempotency_keys: {
    indexes: {
      idempotency_keys_expired: 'USING btree (expires_at)',
    },
    constraints: {
      idempotency_keys_answer_check:
        "CHECK ((((state = 'finished'::text) = (status IS NOT NULL)) AND ((state = 'finished'::text) = (answer IS NOT NULL))))",
      idempotency_keys_lease_check:
        "CHECK ((((state = 'running'::text) = (lease_until IS NOT NULL)) AND ((state = 'running'::text) = (lease_token IS NOT NULL))))",
      idempotency_keys_pkey: 'PRIMARY KEY (tenant_id, user_id, route, key)',
      idempotency_keys_state_check: "CHECK ((state = ANY (ARRAY['running'::text, 'finished'::text])))",
    },
  },
  reconcile_runs: {
    indexes: {
      reconcile_runs_last: 'USING btree (finished_at DESC, id DESC)',
    },
    constraints: {
      reconcile_runs_outcome_check: "CHECK ((outcome = ANY (ARRAY['equal'::text, 'different'::text, 'failed'::text])))",
      reconcile_runs_pkey: 'PRIMARY KEY (id)',
    },
  },
  schema_migrations: {
    constraints: {
      schema_migrations_pkey: 'PRIMARY KEY (number)',
    },
  },
} as const satisfies Record<string, ExpectedParts>;
