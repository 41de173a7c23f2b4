import { type TableDescription, type TableOf, timestamps } from '../database/columns.ts';

export const idempotencyKeysColumns = {
  tenant_id: { type: 'text collate "C"' },
  user_id: { type: 'text collate "C"' },
  route: { type: 'text collate "C"' },
  key: { type: 'text collate "C"' },
  request_hash: { type: 'text' },
  state: { type: 'text', values: ['running', 'finished'] },
  status: { type: 'integer', nullable: true },
  answer: { type: 'jsonb', nullable: true },
  lease_until: { type: 'timestamp(3) with time zone', nullable: true },
  lease_token: { type: 'text', nullable: true },
  expires_at: { type: 'timestamp(3) with time zone' },
  ...timestamps,
} as const satisfies TableDescription;

export interface IdempotencyKeysTable extends TableOf<typeof idempotencyKeysColumns> {}
