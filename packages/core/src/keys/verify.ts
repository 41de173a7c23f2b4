import { pick } from '../pick.ts';
import { isSubscriptionActive } from '../subscriptions/subscription.ts';
import { type ApiKeyLimits, effectiveModels, limitFields } from './api-key.ts';
import { compileAllowList } from './ip-allow-list.ts';
import { isPermitted } from './permissions.ts';
import type { VerifiableKey } from './ports.ts';

export const verifyRefusals = [
  'malformed',
  'unknown',
  'expired',
  'blocked',
  'subscription_inactive',
  'user_inactive',
  'tenant_inactive',
  'model_not_allowed',
  'permission_denied',
  'ip_not_allowed',
  'tenant_mismatch',
] as const;

/** Why a presented secret may not go on. */
export type VerifyRefusal = (typeof verifyRefusals)[number];

/** What the call is about. What is absent is not checked, except an address that the key restricts. */
export interface VerifyRequest {
  model?: string | undefined;
  /** Such as `llm:chat`. */
  permission?: string | undefined;
  /** The caller's address, from the host. A key with an allow-list refuses a call without one. */
  ip?: string | undefined;
  /** The tenant that the caller claims (`X-Tenant-ID`). */
  tenantId?: string | undefined;
}

/** Who presents a secret. */
export interface Caller {
  tenantId: string;
  userId: string;
  subscriptionId: string;
  keyId: string;
  keyName: string;
  keyHash: string;
  /** What the key may use now. */
  models: readonly string[];
  permissions: readonly string[];
  limits: ApiKeyLimits;
  /** Nano-USD, as of the last read (at most 5 s ago). */
  currentSpend: bigint;
  liteLlmUserId: string | null;
  /** Whether LiteLLM holds the presented secret, so that it can be relayed with it. */
  isMirrored: boolean;
}

export type VerifyResult = { ok: true; caller: Caller } | { ok: false; reason: VerifyRefusal };

/** What was read of a key, with everything computed that does not depend on the call: a warm verify only compares. */
export interface PreparedKey {
  row: VerifiableKey;
  caller: Caller;
  accepted: VerifyResult;
  modelSet: ReadonlySet<string>;
  allowsIp: ((address: string) => boolean) | undefined;
  /** Addresses found allowed so far. */
  allowedFrom: Set<string>;
  /** Permissions found allowed so far. */
  permitted: Set<string>;
}

export function prepareKey(row: VerifiableKey): PreparedKey {
  const { key, subscription } = row;
  const models = effectiveModels(key.models, subscription.models);
  const caller: Caller = Object.freeze({
    tenantId: key.tenantId,
    userId: key.userId,
    subscriptionId: key.subscriptionId,
    keyId: key.id,
    keyName: key.name,
    keyHash: row.secret.keyHash,
    models: Object.freeze(models),
    permissions: Object.freeze([...key.permissions]),
    limits: Object.freeze(pick(key, limitFields)),
    currentSpend: key.currentSpend,
    liteLlmUserId: row.liteLlmUserId,
    isMirrored: row.secret.liteLlmKeyId !== null,
  });
  return {
    row,
    caller,
    accepted: { ok: true, caller },
    modelSet: new Set(models),
    allowsIp: key.allowedIps.length > 0 ? compileAllowList(key.allowedIps) : undefined,
    allowedFrom: new Set(),
    permitted: new Set(),
  };
}

const refusals = Object.fromEntries(
  verifyRefusals.map((reason) => [reason, Object.freeze({ ok: false, reason })]),
) as unknown as { [reason in VerifyRefusal]: { ok: false; reason: reason } };

export function refuse(reason: VerifyRefusal): VerifyResult {
  return refusals[reason];
}

/**
 * Decides. Pure. A wrong tenant is found out before anything that would tell more about the key; what the key may do
 * comes after whether it may do anything at all.
 */
export function decideVerify(prepared: PreparedKey, request: VerifyRequest | undefined, nowMs: number): VerifyResult {
  const { row } = prepared;
  const standing = decideStanding(row, request?.tenantId, nowMs);
  if (standing) return refusals[standing];
  if (!mayComeFrom(prepared, request?.ip)) return refusals.ip_not_allowed;
  if (request?.permission && !mayDo(prepared, request.permission)) return refusals.permission_denied;
  if (request?.model !== undefined && !prepared.modelSet.has(request.model)) return refusals.model_not_allowed;
  return prepared.accepted;
}

/** Whether the key may do anything at all at this moment. */
function decideStanding(row: VerifiableKey, tenantId: string | undefined, nowMs: number): VerifyRefusal | undefined {
  const { key, secret } = row;
  if (key.lifecycle !== 'active' || secret.state === 'minting' || key.revokedAt) return 'unknown';
  if (tenantId !== undefined && tenantId !== key.tenantId) return 'tenant_mismatch';
  if (!row.tenantIsActive) return 'tenant_inactive';
  if (!row.userIsActive) return 'user_inactive';
  if (!key.isActive) return 'blocked';
  if (key.expiresAt && key.expiresAt.getTime() <= nowMs) return 'expired';
  if (secret.validUntil && secret.validUntil.getTime() <= nowMs) return 'expired';
  if (!isSubscriptionActive(row.subscription, nowMs)) return 'subscription_inactive';
  return undefined;
}

const maxAllowedFrom = 100;

/** Reading an address costs as much as all the rest, and a key is used from few of them. */
function mayComeFrom({ allowsIp, allowedFrom }: PreparedKey, ip: string | undefined): boolean {
  if (!allowsIp) return true;
  if (!ip) return false;
  if (allowedFrom.has(ip)) return true;
  if (!allowsIp(ip)) return false;
  if (allowedFrom.size < maxAllowedFrom) allowedFrom.add(ip);
  return true;
}

/** Hosts ask for few different permissions, so what was allowed once is remembered; what was not, is not. */
function mayDo(prepared: PreparedKey, permission: string): boolean {
  if (prepared.permitted.has(permission)) return true;
  if (!isPermitted(prepared.row.key.permissions, permission)) return false;
  prepared.permitted.add(permission);
  return true;
}
