// What stores and gateways are tested with. The entry as a whole needs vitest, which is an optional peer.
export {
  aCreatingKey,
  aLease,
  aMintingSecret,
  anActiveKey,
  anId,
  anOwner,
  aRotatedKey,
  aTenant,
  keyTask,
  newAuditEntry,
  newKeyInput,
  newSecretInput,
  newSubscription,
  newUsageEvent,
  type Owner,
  startKey,
} from './builders.ts';
export { describeChatGateway } from './chat-gateway-contract.ts';
export { FixedClock } from './fixed-clock.ts';
export { describeInvalidationChannel, type OpenedChannel } from './invalidation-channel-contract.ts';
export { describeKeyMirror } from './key-mirror-contract.ts';
export type { OpenedLiteLlm } from './mirror-fixture.ts';
export { nastyTexts, readAll } from './pages.ts';
export {
  describeApiKeyStore,
  describeAuditStore,
  describeIdempotencyStore,
  describeStorage,
  describeSubscriptionStore,
  describeSyncTaskStore,
  describeTenantStore,
  describeTransaction,
  describeUnscopedStore,
  describeUsageStore,
  describeUserStore,
} from './storage-contract.ts';
export type { OpenedStorage, OpenStorage, OutsideRow, RawKey, StorageOutside } from './storage-fixture.ts';
