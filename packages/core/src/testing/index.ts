// What stores and gateways are tested with. The entry as a whole needs vitest, which is an optional peer.
export {
  aCreatingKey,
  aLease,
  anActiveKey,
  anId,
  anOwner,
  aTenant,
  keyTask,
  newAuditEntry,
  newKeyInput,
  newSubscription,
  newUsageEvent,
  type Owner,
  startKey,
} from './builders.ts';
export { describeChatGateway } from './chat-gateway-contract.ts';
export { FixedClock } from './fixed-clock.ts';
export { describeKeyMirror, type OpenedLiteLlm } from './key-mirror-contract.ts';
export { nastyTexts, readAll } from './pages.ts';
export {
  describeApiKeyStore,
  describeAuditStore,
  describeStorage,
  describeSubscriptionStore,
  describeSyncTaskStore,
  describeTransaction,
  describeUnscopedStore,
  describeUsageStore,
  describeUserStore,
} from './storage-contract.ts';
export type { OpenedStorage, OpenStorage, OutsideRow, RawKey, StorageOutside } from './storage-fixture.ts';
