import { describe, expect, it } from 'vitest';
import { decideVerify, prepareKey, type VerifyRefusal, type VerifyRequest } from '../../src/keys/verify.ts';
import { aVerifiableKey, type Changes } from './a-verifiable-key.ts';

const now = Date.parse('2030-01-01T00:00:00Z');
const at = (ms: number) => new Date(now + ms);

function decide(changes: Changes, request?: VerifyRequest): VerifyRefusal | 'ok' {
  const result = decideVerify(prepareKey(aVerifiableKey(changes)), request, now);
  return result.ok ? 'ok' : result.reason;
}

describe('verify decides', () => {
  it.each<[string, Changes, VerifyRequest | undefined, VerifyRefusal | 'ok']>([
    ['a live key', {}, undefined, 'ok'],
    ['a key that is being created', { key: { lifecycle: 'creating' } }, undefined, 'unknown'],
    ['a creation that is being undone', { key: { lifecycle: 'aborting' } }, undefined, 'unknown'],
    ['a key that is being deleted', { key: { lifecycle: 'deleting' } }, undefined, 'unknown'],
    ['a secret that LiteLLM may not hold yet', { secret: { state: 'minting' } }, undefined, 'unknown'],
    ['a revoked key of the past', { key: { revokedAt: at(-1) } }, undefined, 'unknown'],
    ["a tenant that is the key's", {}, { tenantId: 'acme' }, 'ok'],
    ["a tenant that is not the key's", {}, { tenantId: 'globex' }, 'tenant_mismatch'],
    [
      'a wrong tenant before anything that tells more',
      { key: { isActive: false } },
      { tenantId: 'globex' },
      'tenant_mismatch',
    ],
    ['a deactivated tenant', { tenantIsActive: false }, undefined, 'tenant_inactive'],
    ['a deactivated user', { userIsActive: false }, undefined, 'user_inactive'],
    ['a blocked key', { key: { isActive: false } }, undefined, 'blocked'],
    ['a key that ends this very millisecond', { key: { expiresAt: at(0) } }, undefined, 'expired'],
    ['a key that ends the next millisecond', { key: { expiresAt: at(1) } }, undefined, 'ok'],
    [
      'an old secret after its grace period',
      { secret: { state: 'retiring', validUntil: at(0) } },
      undefined,
      'expired',
    ],
    ['an old secret within its grace period', { secret: { state: 'retiring', validUntil: at(1) } }, undefined, 'ok'],
    ['a suspended subscription', { subscription: { status: 'suspended' } }, undefined, 'subscription_inactive'],
    ['a subscription that has not begun', { subscription: { startsAt: at(1) } }, undefined, 'subscription_inactive'],
    ['a subscription that has ended', { subscription: { expiresAt: at(0) } }, undefined, 'subscription_inactive'],
    ['a model of the subscription', {}, { model: 'a' }, 'ok'],
    ['a model that the subscription lost', { key: { models: ['a', 'c'] } }, { model: 'c' }, 'model_not_allowed'],
    ['a model that the key does not name', { key: { models: ['a'] } }, { model: 'b' }, 'model_not_allowed'],
    [
      'no model at all when the subscription lost the last one',
      { key: { models: ['c'] } },
      { model: 'a' },
      'model_not_allowed',
    ],
    ['a permission by its namespace', {}, { permission: 'llm:chat' }, 'ok'],
    ['a permission of another namespace', {}, { permission: 'billing:read' }, 'permission_denied'],
    ['an address within the range', { key: { allowedIps: ['10.0.0.0/8'] } }, { ip: '10.1.2.3' }, 'ok'],
    ['an address outside the range', { key: { allowedIps: ['10.0.0.0/8'] } }, { ip: '11.1.2.3' }, 'ip_not_allowed'],
    ['no address for a key that wants one', { key: { allowedIps: ['10.0.0.0/8'] } }, {}, 'ip_not_allowed'],
  ])('%s', (_name, changes, request, expected) => {
    expect(decide(changes, request)).toBe(expected);
  });

  it('remembers what it allowed, and never what it refused', () => {
    const prepared = prepareKey(aVerifiableKey());
    for (const permission of ['billing:read', 'llm:chat', 'billing:read', 'llm:chat']) {
      const result = decideVerify(prepared, { permission }, now);
      expect(result.ok).toBe(permission === 'llm:chat');
    }
    expect([...prepared.permitted]).toEqual(['llm:chat']);
  });
});
