import { describe } from 'vitest';
import { apiKeyIssueContract } from './api-key-issue-contract.ts';
import { apiKeyListContract } from './api-key-list-contract.ts';
import { apiKeyRotationContract } from './api-key-rotation-contract.ts';
import { apiKeyStoreContract } from './api-key-store-contract.ts';
import { auditStoreContract } from './audit-store-contract.ts';
import { idempotencyStoreContract } from './idempotency-store-contract.ts';
import { markKeysByTimeContract } from './mark-keys-by-time-contract.ts';
import { markKeysContract } from './mark-keys-contract.ts';
import { reconcileContract } from './reconcile-contract.ts';
import { type OpenStorage, openedOnce, type StorageFixture, suiteOf } from './storage-fixture.ts';
import { subscriptionStoreContract } from './subscription-store-contract.ts';
import { syncQueueContract } from './sync-queue-contract.ts';
import { syncTaskStoreContract } from './sync-task-store-contract.ts';
import { tenantStoreContract } from './tenant-store-contract.ts';
import { transactionContract } from './transaction-contract.ts';
import { unscopedStoreContract } from './unscoped-store-contract.ts';
import { usageStoreContract } from './usage-store-contract.ts';
import { userStoreContract } from './user-store-contract.ts';

function apiKeyContract(fixture: StorageFixture): void {
  apiKeyIssueContract(fixture);
  apiKeyStoreContract(fixture);
  apiKeyRotationContract(fixture);
  apiKeyListContract(fixture);
}

function syncContract(fixture: StorageFixture): void {
  syncTaskStoreContract(fixture);
  markKeysContract(fixture);
  syncQueueContract(fixture);
}

function unscopedContract(fixture: StorageFixture): void {
  unscopedStoreContract(fixture);
  markKeysByTimeContract(fixture);
  reconcileContract(fixture);
}

/** Covers `listTenants` of `UnscopedStore` as well. */
export const describeTenantStore = suiteOf('tenants', tenantStoreContract);
export const describeUserStore = suiteOf('users', userStoreContract);
export const describeSubscriptionStore = suiteOf('subscriptions', subscriptionStoreContract);
export const describeApiKeyStore = suiteOf('keys', apiKeyContract);
export const describeAuditStore = suiteOf('audit', auditStoreContract);
/** Covers `SyncQueue` as well. No worker may run on the same database meanwhile. */
export const describeSyncTaskStore = suiteOf('syncTasks', syncContract);
/** Covers `UsageLedger` as well. */
export const describeUsageStore = suiteOf('usage', usageStoreContract);
export const describeIdempotencyStore = suiteOf('idempotency', idempotencyStoreContract);
export const describeUnscopedStore = suiteOf('unscoped', unscopedContract);
export const describeTransaction = suiteOf('transaction', transactionContract);

/**
 * The whole contract of a `Storage`: every suite above on one storage that is opened once. Suites use tenants of
 * their own, so the storage need not be empty; tests never sleep, but let time pass through `outside`.
 *
 * @example
 * describeStorage('PostgreSQL', async () => ({ storage: createPostgresStorage(pool), outside: outsideOf(pool), close }));
 */
export function describeStorage(name: string, open: OpenStorage): void {
  describe(name, () => {
    const fixture = openedOnce(open);
    describe('tenants', () => tenantStoreContract(fixture));
    describe('users', () => userStoreContract(fixture));
    describe('subscriptions', () => subscriptionStoreContract(fixture));
    describe('keys', () => apiKeyContract(fixture));
    describe('audit', () => auditStoreContract(fixture));
    describe('syncTasks', () => syncContract(fixture));
    describe('usage', () => usageStoreContract(fixture));
    describe('idempotency', () => idempotencyStoreContract(fixture));
    describe('unscoped', () => unscopedContract(fixture));
    describe('transaction', () => transactionContract(fixture));
  });
}
