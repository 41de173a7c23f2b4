import type { Actor } from '../actor.ts';
import type { ErrorCode } from '../errors.ts';
import { isKeywrightError } from '../errors.ts';
import { messageOf } from '../logger.ts';
import { deleteApiKey } from './delete-api-key.ts';
import type { KeyParts } from './key-parts.ts';
import type { ApiKeyFilter, ApiKeyWithModels } from './ports.ts';

export interface BulkDeletion {
  /** How many keys match, at most the limit of one call. */
  matched: number;
  /** More keys match than one call deletes. */
  hasMore: boolean;
  dryRun: boolean;
  /** What was deleted, or would be. */
  keys: { id: string; name: string; userId: string; keyPrefix: string; outcome: BulkOutcome }[];
}

/** `pending`: deleted here, LiteLLM has not confirmed yet. A code: why this key was not deleted. */
export type BulkOutcome = 'would-delete' | 'deleted' | 'pending' | ErrorCode;

/** Keys that one call deletes at most. */
export const bulkLimit = 100;
const atOnce = 5;

/** Deletes every key that matches, each by itself: what is reported as deleted is committed. */
export async function bulkDelete(
  parts: KeyParts,
  actor: Actor,
  tenantId: string,
  filter: ApiKeyFilter,
  dryRun: boolean,
): Promise<BulkDeletion> {
  const page = await parts.storage.keys.list(tenantId, filter, { limit: bulkLimit });
  const outcomes: BulkOutcome[] = [];
  for (let start = 0; start < page.items.length; start += atOnce) {
    const some = page.items.slice(start, start + atOnce);
    outcomes.push(
      ...(await Promise.all(some.map((item) => (dryRun ? 'would-delete' : deleteOne(parts, actor, item))))),
    );
  }
  const keys = page.items.map(({ key: { id, name, userId, keyPrefix } }, index) => {
    const outcome = outcomes[index] ?? 'internal_error';
    return { id, name, userId, keyPrefix, outcome };
  });
  return { matched: keys.length, hasMore: page.next !== undefined, dryRun, keys };
}

async function deleteOne(parts: KeyParts, actor: Actor, { key }: ApiKeyWithModels): Promise<BulkOutcome> {
  try {
    const { isPending } = await deleteApiKey(parts, actor, { tenantId: key.tenantId }, key.id, key.version);
    return isPending ? 'pending' : 'deleted';
  } catch (error) {
    if (isKeywrightError(error)) return error.code;
    // what was deleted before it is still to be reported
    parts.logger.error('A deletion failed unexpectedly', { keyId: key.id, error: messageOf(error) });
    return 'internal_error';
  }
}
