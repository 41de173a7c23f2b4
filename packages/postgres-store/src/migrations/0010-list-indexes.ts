import type { Migration } from './migration.ts';

/** The few keys that are not active, in the order of the list, so that no list of them walks through all others. */
export const listIndexes: Migration = {
  number: 10,
  name: '0010_list_indexes',
  breaking: false,
  up: (schema) => [
    `create index api_keys_blocked on ${schema}.api_keys (tenant_id, created_at desc, id desc) where not is_active`,
    `create index api_keys_revoked on ${schema}.api_keys (tenant_id, created_at desc, id desc) where revoked_at is not null`,
    `create index api_keys_deleting on ${schema}.api_keys (tenant_id, created_at desc, id desc) where lifecycle = 'deleting'`,
    `create index api_keys_expiring on ${schema}.api_keys (tenant_id, expires_at) where expires_at is not null`,
  ],
  down: (schema) =>
    ['expiring', 'deleting', 'revoked', 'blocked'].map((name) => `drop index ${schema}.api_keys_${name}`),
};
