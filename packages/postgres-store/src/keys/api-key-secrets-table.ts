import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const apiKeySecretsColumns = {
  tenant_id: { type: 'text collate "C"' },
  key_hash: { type: 'bytea' },
  api_key_id: { type: 'uuid' },
  generation: { type: 'integer' },
  key_prefix: { type: 'text' },
  lite_llm_key_id: { type: 'text', nullable: true },
  state: { type: 'text', values: ['minting', 'live', 'retiring'] },
  minting_since: { type: 'timestamp(3) with time zone', nullable: true },
  valid_until: { type: 'timestamp(3) with time zone', nullable: true },
  ...timestamps,
} as const satisfies TableDescription;

export interface ApiKeySecretsTable extends TableOf<typeof apiKeySecretsColumns> {}
