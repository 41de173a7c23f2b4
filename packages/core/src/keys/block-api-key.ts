import type { Actor, Scope } from '../actor.ts';
import { KeywrightError } from '../errors.ts';
import type { ApiKey, BlockedBy } from './api-key.ts';
import { changeApiKey } from './change-api-key.ts';
import type { KeyParts } from './key-parts.ts';
import type { ApiKeyWithModels } from './ports.ts';

/** Who asks: a scope of one user's rows is that user's own. */
type Holder = 'owner' | 'admin';

function holderOf(scope: Scope): Holder {
  return scope.userId === undefined ? 'admin' : 'owner';
}

/** Blocks a key, here at once. It stays blocked whatever LiteLLM says. */
export function blockApiKey(parts: KeyParts, actor: Actor, scope: Scope, id: string): Promise<ApiKeyWithModels> {
  return changeApiKey(parts, actor, scope, id, async (_, key) => {
    const blockedBy = hold(key.blockedBy, holderOf(scope));
    const isHeld = !key.isActive && blockedBy === key.blockedBy;
    const change = isHeld ? undefined : { isActive: false, blockedBy };
    return { action: 'API_KEY_BLOCK', change, onRefusal: 'stand' };
  });
}

/** Lifts the caller's own hold. The key works again when nobody else holds it. */
export function unblockApiKey(parts: KeyParts, actor: Actor, scope: Scope, id: string): Promise<ApiKeyWithModels> {
  return changeApiKey(parts, actor, scope, id, async (_, key) => ({
    action: 'API_KEY_UNBLOCK',
    change: release(key, holderOf(scope)),
    onRefusal: 'put-back',
  }));
}

export function hold(blockedBy: BlockedBy | null, holder: Holder): BlockedBy {
  return blockedBy === null || blockedBy === holder ? holder : 'both';
}

/** Undefined when there is nothing to lift. Throws `forbidden` for an owner while an admin holds the key. */
function release(
  { isActive, blockedBy }: Pick<ApiKey, 'isActive' | 'blockedBy'>,
  holder: Holder,
): Pick<ApiKey, 'isActive' | 'blockedBy'> | undefined {
  if (holder === 'owner' && (blockedBy === 'admin' || blockedBy === 'both')) {
    throw new KeywrightError('forbidden', 'An admin blocked this key: only an admin can unblock it.');
  }
  if (isActive || (blockedBy !== null && blockedBy !== holder && blockedBy !== 'both')) return undefined;
  const left = blockedBy === 'both' ? 'owner' : null;
  return { isActive: left === null, blockedBy: left };
}
