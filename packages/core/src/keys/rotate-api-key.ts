import type { Actor, Scope } from '../actor.ts';
import { withDeadline } from '../clock.ts';
import { isKeywrightError, KeywrightError } from '../errors.ts';
import { pick } from '../pick.ts';
import { desiredKey, earlier } from '../sync/desired-mirror.ts';
import { type Minting, mintKey } from '../sync/mint-key.ts';
import { mirrorParents } from '../sync/mirror-parents.ts';
import { abandonRotation } from './abandon-rotation.ts';
import { type ApiKey, type ApiKeySecretRecord, apiKeyStatus } from './api-key.ts';
import { type ApiKeySecret, generateSecret } from './api-key-secret.ts';
import { lockChangeable } from './change-api-key.ts';
import {
  assertInTime,
  carryOut,
  carryOutAnyway,
  type KeyParts,
  keyAudit,
  keyNotFound,
  type RequestLease,
  readAgain,
  requestLease,
} from './key-parts.ts';
import type { ApiKeyWithModels, KeyMirrorSource } from './ports.ts';

export interface ApiKeyRotation extends ApiKeyWithModels {
  secret: ApiKeySecret;
  /** When the secret that was replaced ends. */
  previousUntil: Date;
}

/** A secret that is written but not yet in LiteLLM. */
interface Rotation {
  source: KeyMirrorSource;
  minted: ApiKeySecretRecord;
  secret: ApiKeySecret;
  lease: RequestLease;
  isLeased: boolean;
}

const oldStays = 'The old secret stays as it was; try again.';
const unavailable = `LiteLLM did not confirm the new secret in time. ${oldStays}`;

/**
 * Gives a key a new secret; id, limits, usage and owner stay. The new secret's row comes first, state `minting`; then
 * the call to LiteLLM; then, in one transaction, the new secret becomes the key's own and the old one `retiring`.
 * Whatever fails before that leaves the old secret as it was, and the new one is taken out of LiteLLM again.
 */
export async function rotateApiKey(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  graceMs: number,
): Promise<ApiKeyRotation> {
  const rotation = await write(parts, scope, id, graceMs);
  const minting = await mint(parts, rotation);
  if (minting.outcome !== 'held') {
    await abandon(parts, actor, rotation, minting.outcome === 'refused', minting.error.message);
    if (minting.error.code === 'gateway_refused') throw minting.error;
    throw new KeywrightError('gateway_unavailable', unavailable, { cause: minting.error, retryAfterSeconds: 5 });
  }
  const until = (key: ApiKey) => earlier(new Date(parts.clock.now() + graceMs), key.expiresAt) ?? new Date(0);
  // from here on the new secret is the key's own: nothing may keep it from the caller
  const { key, previousUntil, isLeased } = await promote(parts, actor, scope, rotation, until);
  parts.invalidations.announceSecret(rotation.minted.keyHash);
  parts.invalidations.announce({ of: 'key', tenantId: scope.tenantId, id });
  if (isLeased) {
    const task = { tenantId: scope.tenantId, entity: 'key' as const, entityId: id };
    await carryOutAnyway(parts, task, rotation.lease.token, parts.clock.now()); // the old one ends in LiteLLM by itself
  }
  const known = { key, subscriptionModels: rotation.source.subscription.models };
  return { ...(await readAgain(parts, scope, known)), secret: rotation.secret, previousUntil };
}

async function write(parts: KeyParts, scope: Scope, id: string, graceMs: number): Promise<Rotation> {
  const secret = generateSecret(parts.secretBrand);
  const lease = requestLease(parts);
  return parts.storage.transaction(async (stores) => {
    const { key } = await lockChangeable(stores, scope, id);
    assertInUse(key, parts.clock.now());
    const source = await stores.keys.mirrorSource(scope.tenantId, id);
    if (!source) throw keyNotFound();
    assertNoRotation(source.secrets, graceMs, parts.clock.now());
    const names = { keyHash: secret.hash, keyPrefix: secret.prefix };
    const minted = await stores.keys.insertSecret(scope.tenantId, id, names);
    if (!minted) throw keyNotFound();
    const isLeased = await stores.syncTasks.mark(scope.tenantId, 'key', id, lease);
    return { source, minted, secret, lease, isLeased };
  });
}

/** A key that is blocked or has expired gets no new secret. */
function assertInUse(key: ApiKey, nowMs: number): void {
  const status = apiKeyStatus(key, nowMs);
  if (status === 'active') return;
  throw new KeywrightError('key_not_active', `The key is ${status}: only an active key can be rotated.`);
}

function assertNoRotation(secrets: readonly ApiKeySecretRecord[], graceMs: number, nowMs: number): void {
  if (secrets.some(({ state }) => state === 'minting')) {
    const message = 'Another rotation of this key is under way: wait until it has ended.';
    throw new KeywrightError('rotation_in_progress', message, { retryAfterSeconds: 5 });
  }
  const valid = secrets.filter(({ state, validUntil }) => state === 'retiring' && (validUntil?.getTime() ?? 0) > nowMs);
  const [retiring] = valid;
  if (!retiring?.validUntil || graceMs === 0) return;
  const until = retiring.validUntil.toISOString();
  const message = `The previous secret works until ${until}: rotate after that, or at once with gracePeriodSeconds 0.`;
  const retryAfterSeconds = Math.ceil((retiring.validUntil.getTime() - nowMs) / 1000);
  throw new KeywrightError('rotation_in_progress', message, { retryAfterSeconds });
}

/** Makes LiteLLM hold the new secret, with what the old one has spent. */
async function mint(parts: KeyParts, { source, minted, secret, lease }: Rotation): Promise<Minting> {
  const desired = desiredKey(parts.namespace, source, minted, parts.clock.now());
  try {
    return await withDeadline(parts.clock, parts.gatewayDeadlineMs, async (signal) => {
      await mirrorParents(parts, source, signal);
      const spend = await spentSoFar(parts, source, signal);
      assertInTime(parts, lease);
      return mintKey(parts.mirror, { ...desired, spend }, secret, signal);
    });
  } catch (error) {
    // before the key was asked for, so no late commit of it can follow
    if (isKeywrightError(error)) return { outcome: 'refused', error };
    throw error;
  }
}

/**
 * What any secret of the key has spent in LiteLLM, which counts late and each by itself; or what our ledger says, which
 * knows all of them but nothing of budget windows.
 */
async function spentSoFar(parts: KeyParts, { key, secrets }: KeyMirrorSource, signal: AbortSignal): Promise<bigint> {
  let most = key.budgetDuration === null ? key.currentSpend : 0n;
  for (const { keyHash } of secrets) {
    const held = await parts.mirror.findKey(keyHash, signal);
    if (held && held.spend > most) most = held.spend;
  }
  return most;
}

interface Promotion {
  key: ApiKey;
  previousUntil: Date;
  isLeased: boolean;
}

async function promote(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  rotation: Rotation,
  until: (key: ApiKey) => Date,
): Promise<Promotion> {
  const { minted, lease } = rotation;
  const { tenantId } = scope;
  const id = minted.apiKeyId;
  try {
    return await parts.storage.transaction(async (stores) => {
      const { key: before } = await lockChangeable(stores, scope, id);
      assertInUse(before, parts.clock.now()); // it may have been blocked meanwhile
      const previousUntil = until(before);
      const promoted = await stores.keys.promoteSecret(tenantId, minted.keyHash, previousUntil);
      if (!promoted) throw new KeywrightError('gateway_unavailable', unavailable, { retryAfterSeconds: 5 });
      const key = (await stores.keys.update(tenantId, id, { syncStatus: 'pending', syncError: null })) ?? promoted;
      const { generation } = minted;
      const entry = keyAudit(parts, actor, 'API_KEY_ROTATE', before, {
        before: pick(before, ['keyPrefix', 'keyHash']), // so that LiteLLM's late rows of spend can still be attributed
        after: pick(minted, ['keyPrefix', 'keyHash']),
        metadata: { generation, previousUntil: previousUntil.toISOString() },
      });
      await stores.audit.append(tenantId, entry);
      return { key, previousUntil, isLeased: await stores.syncTasks.mark(tenantId, 'key', id, lease) };
    });
  } catch (error) {
    if (isKeywrightError(error, 'storage_unavailable')) return readBack(parts, rotation, error);
    if (isKeywrightError(error)) await abandon(parts, actor, rotation, true, error.message);
    throw error;
  }
}

/** A commit whose outcome is not known: a rotation that stands is answered, and the worker does the rest. */
async function readBack(parts: KeyParts, { minted, source }: Rotation, error: KeywrightError): Promise<Promotion> {
  parts.invalidations.announce({ of: 'key', tenantId: minted.tenantId, id: minted.apiKeyId });
  const found = await parts.storage.keys.mirrorSource(minted.tenantId, minted.apiKeyId);
  if (found?.key.keyHash !== minted.keyHash) throw error; // not committed: the worker undoes it when its time is over
  const previous = found.secrets.find(({ keyHash }) => keyHash === source.key.keyHash);
  return { key: found.key, previousUntil: previous?.validUntil ?? new Date(parts.clock.now()), isLeased: false };
}

/** Gives the new secret up; its clean-up goes on behind the answer. */
async function abandon(
  parts: KeyParts,
  actor: Actor,
  { minted, source, lease, isLeased }: Rotation,
  isSettled: boolean,
  reason: string,
): Promise<void> {
  if (isSettled) await parts.storage.keys.settleMinting(minted.tenantId, minted.keyHash);
  if (!(await abandonRotation(parts, actor, source.key, minted, reason)) || !isLeased) return;
  const task = { tenantId: minted.tenantId, entity: 'key' as const, entityId: minted.apiKeyId };
  // without the database's clock at hand the late commit is waited for in full, from the secret's own beginning
  const from = minted.mintingSince?.getTime() ?? parts.clock.now();
  parts.background.run('Undoing a rotation', () => carryOut(parts, task, lease.token, from));
}
