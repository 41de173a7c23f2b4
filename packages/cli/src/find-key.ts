import { type ApiKeyView, isKeywrightError } from '@keywright/core';
import type { Services } from './compose.ts';
import type { SecretDescription } from './describe-secret.ts';
import { operatorActor, tenantReach } from './operator.ts';

/** What the database says of a secret, token id, key id or prefix. */
export interface FoundKeys {
  keys: ApiKeyView[];
  /** A key that people do not see: being created, or being taken back. */
  hidden: { id: string; tenantId: string; lifecycle: string } | null;
}

/** The statement that finds by hash knows no tenant; ids and prefixes are only looked for within one. */
export function canFind(description: SecretDescription, tenantId: string | undefined): boolean {
  return description.tokenId !== null || (tenantId !== undefined && description.kind !== 'unknown');
}

export async function findKeys(
  { keywright, storage }: Services,
  description: SecretDescription,
  tenantId: string | undefined,
): Promise<FoundKeys> {
  const { tokenId, keyId, prefix } = description;
  if (tokenId !== null) {
    const found = await storage.unscoped.findBySecretHash(tokenId);
    if (!found || (tenantId !== undefined && tenantId !== found.key.tenantId)) return { keys: [], hidden: null };
    const { id, tenantId: owner, lifecycle } = found.key;
    const keys = await getKey(keywright, owner, id);
    return { keys, hidden: keys.length > 0 ? null : { id, tenantId: owner, lifecycle } };
  }
  if (tenantId === undefined) return { keys: [], hidden: null };
  if (keyId !== null) return { keys: await getKey(keywright, tenantId, keyId), hidden: null };
  const page = { limit: 100 };
  const filter = { search: prefix ?? '' };
  const { items } = await keywright.keys.list(operatorActor(tenantId), filter, page, tenantReach(tenantId));
  return { keys: items.filter((key) => prefix !== null && key.keyPrefix.startsWith(prefix)), hidden: null };
}

async function getKey(keywright: Services['keywright'], tenantId: string, id: string): Promise<ApiKeyView[]> {
  try {
    return [await keywright.keys.get(operatorActor(tenantId), id, tenantReach(tenantId))];
  } catch (error) {
    if (isKeywrightError(error, 'key_not_found')) return [];
    throw error;
  }
}
