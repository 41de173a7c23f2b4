import type { VerifiableKey } from '../../src/keys/ports.ts';

/** What a key differs in from one that may do everything. */
export interface Changes {
  key?: Partial<VerifiableKey['key']>;
  secret?: Partial<VerifiableKey['secret']>;
  subscription?: Partial<VerifiableKey['subscription']>;
  userIsActive?: boolean;
  tenantIsActive?: boolean;
}

export function aVerifiableKey(changes: Changes = {}): VerifiableKey {
  return {
    key: {
      id: 'k',
      tenantId: 'acme',
      userId: 'alice',
      subscriptionId: 's',
      name: 'laptop',
      lifecycle: 'active',
      isActive: true,
      models: null,
      permissions: ['llm:*'],
      allowedIps: [],
      expiresAt: null,
      revokedAt: null,
      currentSpend: 0n,
      maxBudget: null,
      softBudget: null,
      budgetDuration: null,
      tpmLimit: null,
      rpmLimit: null,
      maxParallelRequests: null,
      quotaLimit: null,
      ...changes.key,
    },
    secret: { keyHash: 'h', state: 'live', validUntil: null, liteLlmKeyId: 'h', ...changes.secret },
    subscription: {
      status: 'active',
      startsAt: null,
      expiresAt: null,
      models: ['a', 'b'],
      ...changes.subscription,
    },
    userIsActive: changes.userIsActive ?? true,
    liteLlmUserId: 'u',
    tenantIsActive: changes.tenantIsActive ?? true,
  };
}
