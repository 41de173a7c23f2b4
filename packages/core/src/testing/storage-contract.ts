import { describe } from 'vitest';
import { apiKeyIssueContract } from './api-key-issue-contract.ts';
import { apiKeyListContract } from './api-key-list-contract.ts';
import { apiKeyStoreContract } from './api-key-store-contract.ts';
import { auditStoreContract } from './audit-store-contract.ts';
import { type OpenStorage, openedOnce, type StorageFixture, suiteOf } from './storage-fixture.ts';
import { subscriptionStoreContract } from './subscription-store-contract.ts';
import { syncQueueContract } from './sync-queue-contract.ts';
import { syncTaskStoreContract } from './sync-task-store-contract.ts';
import { transactionContract } from './transaction-contract.ts';
import { unscopedStoreContract } from './unscoped-store-contract.ts';
import { usageStoreContract } from './usage-store-contract.ts';
import { userStoreContract } from './user-store-contract.ts';

function apiKeyContract(fixture: StorageFixture): void {
  apiKeyIssueContract(fixture);
  apiKeyStoreContract(fixture);
  apiKeyListContract(fixture);
}

function syncContract(fixture: StorageFixture): void {
  syncTaskStoreContract(fixture);
  syncQueueContract(fixture);
}

export const describeUserStore = suiteOf('users', userStoreContract);
export const describeSubscriptionStore = suiteOf('subscriptions', subscriptionStoreContract);
export const describeApiKeyStore = suiteOf('keys', apiKeyContract);
export const describeAuditStore = suiteOf('audit', auditStoreContract);
/** Covers `SyncQueue` as well. No worker may run on the same database meanwhile. */
export const describeSyncTaskStore = suiteOf('syncTasks', syncContract);
/** Covers `UsageLedger` as well. */
export const describeUsageStore = suiteOf('usage', usageStoreContract);
export const describeUnscopedStore = suiteOf('unscoped', unscopedStoreContract);
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
    describe('users', () => userStoreContract(fixture));
    describe('subscriptions', () => subscriptionStoreContract(fixture));
    describe('keys', () => apiKeyContract(fixture));
    describe('audit', () => auditStoreContract(fixture));
    describe('syncTasks', () => syncContract(fixture));
    describe('usage', () => usageStoreContract(fixture));
    describe('unscoped', () => unscopedStoreContract(fixture));
    describe('transaction', () => transactionContract(fixture));
  });
}
