import type { FieldSpecs } from '../http/fields.ts';

const limitTypes = ['guaranteed_throughput', 'best_effort_throughput', 'dynamic'];

/** Columns of a key that requests may set as they are, and what a new key has. */
export const keyColumns = {
  key_alias: { type: 'string' },
  models: { type: 'strings' },
  user_id: { type: 'string' },
  team_id: { type: 'string' },
  organization_id: { type: 'string' },
  budget_id: { type: 'string' },
  max_budget: { type: 'number' },
  budget_duration: { type: 'string' },
  tpm_limit: { type: 'integer' },
  rpm_limit: { type: 'integer' },
  max_parallel_requests: { type: 'integer' },
  metadata: { type: 'object' },
  permissions: { type: 'object' },
  aliases: { type: 'object' },
  config: { type: 'object' },
  allowed_routes: { type: 'strings' },
  allowed_cache_controls: { type: 'list' },
  policies: { type: 'list' },
  access_group_ids: { type: 'list' },
  object_permission: { type: 'object' },
  router_settings: { type: 'object' },
  auto_rotate: { type: 'boolean' },
  rotation_interval: { type: 'string' },
  agent_id: { type: 'string' },
  project_id: { type: 'string' },
  tpd_limit: { type: 'integer' },
  budget_fallbacks: { type: 'object' },
  budget_limits: { type: 'list' },
} as const satisfies FieldSpecs;

/** Columns that came after 1.92.2; older rows do not show them. */
export const recentColumns = ['agent_id', 'project_id', 'tpd_limit', 'budget_fallbacks', 'budget_limits'] as const;

/** Fields that LiteLLM writes into `metadata` instead of a column of their own. */
export const metadataFields = {
  model_rpm_limit: { type: 'object' },
  model_tpm_limit: { type: 'object' },
  mcp_rpm_limit: { type: 'object' },
  tag_rpm_limit: { type: 'object' },
  tpm_limit_type: { type: 'string', oneOf: limitTypes },
  rpm_limit_type: { type: 'string', oneOf: limitTypes },
  tags: { type: 'strings' },
  guardrails: { type: 'list' },
  prompts: { type: 'list' },
  enforced_params: { type: 'list' },
  throttle_on_budget_exceeded: { type: 'boolean' },
  disable_global_guardrails: { type: 'boolean' },
} as const satisfies FieldSpecs;

/** Fields of /key/generate and /key/update that are neither a column nor metadata. */
const requestFields = {
  key: { type: 'string' },
  duration: { type: 'string' },
  key_type: { type: 'string', oneOf: ['llm_api', 'management', 'read_only', 'default'] },
  spend: { type: 'number' },
  blocked: { type: 'boolean' },
  soft_budget: { type: 'number' },
  model_max_budget: { type: 'object' },
  send_invite_email: { type: 'boolean' },
  temp_budget_increase: { type: 'number' },
  temp_budget_expiry: { type: 'string' },
} as const satisfies FieldSpecs;

/** Everything that /key/generate and /key/update read. */
export const keyFields: FieldSpecs = { ...keyColumns, ...metadataFields, ...requestFields };

/** Routes that a key of each type may call; `default` and none mean no restriction of its own. */
export const routesOfKeyType: Record<string, string[]> = {
  llm_api: ['llm_api_routes'],
  management: ['management_routes'],
  read_only: ['info_routes'],
};
