// The public surface, by hand: what is not listed here is internal.
export {
  type Actor,
  assertOperator,
  authorise,
  own,
  type Reach,
  type RequestOrigin,
  type Role,
  roles,
  type Scope,
} from './actor.ts';
export {
  type AuditAction,
  type AuditData,
  type AuditEntry,
  auditActions,
  auditResourceTypes,
  type NewAuditEntry,
  systemActorId,
} from './audit/audit-entry.ts';
export { AuditService, type ListAuditInput, listAuditInput } from './audit/audit-service.ts';
export type { AuditFilter, AuditStore } from './audit/ports.ts';
export {
  ChatCompletionService,
  type RelayCall,
  type RelayRefusal,
  type RelayResult,
  relayedRequestHeaders,
} from './chat-completions/chat-completion-service.ts';
export type {
  ChatGateway,
  GatewayAnswer,
  GatewayCall,
  GatewayFailure,
  GatewayFailureKind,
  RelayPath,
} from './chat-completions/ports.ts';
export type { StreamBody } from './chat-completions/relayed-stream.ts';
export { type Clock, systemClock, withDeadline } from './clock.ts';
export {
  type ErrorCode,
  errorCodes,
  type FieldError,
  invalidField,
  isKeywrightError,
  KeywrightError,
  type KeywrightErrorOptions,
} from './errors.ts';
export { IdempotencyService, type IdempotentRequest } from './idempotency/idempotency-service.ts';
export type { IdempotencyState, IdempotencyStore, IdempotentCall, StoredAnswer } from './idempotency/ports.ts';
export { isUuid, uuidv7, uuidv7Time } from './ids.ts';
export { hostId, moment, parseInput } from './input.ts';
export {
  type ApiKey,
  type ApiKeyLimits,
  type ApiKeySecretRecord,
  type ApiKeyStatus,
  apiKeyStatus,
  apiKeyStatuses,
  type BlockedBy,
  blockHolders,
  effectiveModels,
  type Lifecycle,
  lifecycles,
} from './keys/api-key.ts';
export {
  type BulkDeleteInput,
  bulkDeleteInput,
  type CreateApiKeyForUserInput,
  type CreateApiKeyInput,
  createApiKeyForUserInput,
  createApiKeyInput,
  type ListApiKeysInput,
  listApiKeysInput,
  listTenantApiKeysInput,
  type RotateApiKeyInput,
  rotateApiKeyInput,
  type UpdateApiKeyInput,
  updateApiKeyInput,
} from './keys/api-key-input.ts';
export {
  type AcceptedFormat,
  ApiKeySecret,
  generateSecret,
  hashSecret,
  type SecretFormat,
  secretFormat,
  splitSecret,
} from './keys/api-key-secret.ts';
export { ApiKeyService, type CreatedApiKey, type RotatedApiKey } from './keys/api-key-service.ts';
export type { ApiKeyView } from './keys/api-key-view.ts';
export { type BulkDeletion, type BulkOutcome, bulkLimit } from './keys/bulk-delete.ts';
export type { ApiKeyDeletion } from './keys/delete-api-key.ts';
export {
  type Invalidation,
  type InvalidationChannel,
  type InvalidationListener,
  parseInvalidation,
} from './keys/invalidation.ts';
export { builtInPermissions, defaultPermissions, isPermitted } from './keys/permissions.ts';
export type {
  ApiKeyChange,
  ApiKeyFilter,
  ApiKeyStatistics,
  ApiKeyStore,
  ApiKeyWithModels,
  KeyMirrorSource,
  NewApiKey,
  VerifiableKey,
} from './keys/ports.ts';
export {
  type Caller,
  type VerifyRefusal,
  type VerifyRequest,
  type VerifyResult,
  verifyRefusals,
} from './keys/verify.ts';
export { createKeywright, type Health, type Keywright, type KeywrightOptions } from './keywright.ts';
export type { LiteLlm } from './litellm.ts';
export { type Logger, silentLogger } from './logger.ts';
export type { Model } from './models/model.ts';
export { type AvailableModel, ModelService } from './models/model-service.ts';
export type { ModelCatalog } from './models/ports.ts';
export { formatUsd, maxNanoUsd, nanoPerUsd, parseUsd, roundUsd } from './money.ts';
export { type Page, type PagePosition, type PageRequest, toPage } from './page.ts';
export { redactSecrets } from './redact.ts';
export type { Storage, Stores, UnscopedStore } from './storage.ts';
export type {
  IssueContext,
  NewSubscription,
  SubscriptionChange,
  SubscriptionFilter,
  SubscriptionStore,
} from './subscriptions/ports.ts';
export {
  isSubscriptionActive,
  nextStatuses,
  type Subscription,
  type SubscriptionStatus,
  subscriptionStatuses,
} from './subscriptions/subscription.ts';
export {
  type CreateSubscriptionInput,
  createSubscriptionInput,
  type ListSubscriptionsInput,
  listSubscriptionsInput,
  listTenantSubscriptionsInput,
  type UpdateSubscriptionInput,
  updateSubscriptionInput,
} from './subscriptions/subscription-input.ts';
export { SubscriptionService } from './subscriptions/subscription-service.ts';
export type {
  KeyMirror,
  MirroredKey,
  MirrorKey,
  MirrorKeyChange,
  MirrorMetadata,
  MirrorTeam,
  MirrorUser,
  NewMirrorKey,
  SyncQueue,
  SyncRetry,
  SyncSummary,
  SyncTaskStore,
} from './sync/ports.ts';
export type { Finding } from './sync/reconcile/finding.ts';
export type { ReconcileCounts, ReconcileRun, WalkedSecret } from './sync/reconcile/ports.ts';
export { type ReconcileOptions, ReconcileService } from './sync/reconcile/reconcile-service.ts';
export { SyncService } from './sync/sync-service.ts';
export {
  type ClaimedSyncTask,
  type Lease,
  type SyncEntity,
  type SyncStatus,
  type SyncTask,
  type SyncTaskKey,
  syncEntities,
  syncStatuses,
} from './sync/sync-task.ts';
export {
  type NewTenant,
  type TenantChange,
  type TenantFilter,
  type TenantStore,
  teamIsTaken,
} from './tenants/ports.ts';
export type { Tenant } from './tenants/tenant.ts';
export {
  type CreateTenantInput,
  createTenantInput,
  type ListTenantsInput,
  listTenantsInput,
  type UpdateTenantInput,
  updateTenantInput,
} from './tenants/tenant-input.ts';
export { TenantService } from './tenants/tenant-service.ts';
export type { Granularity, UsageFilter, UsageLedger, UsagePoint, UsageStore, UsageTotals } from './usage/ports.ts';
export {
  type UsageEvent,
  type UsageOutcome,
  type UsageSource,
  usageOutcomes,
  usageSources,
} from './usage/usage-event.ts';
export { type Usage, type UsageInput, UsageService, usageInput } from './usage/usage-service.ts';
export type { UserChange, UserFilter, UserStore, UserSyncResult } from './users/ports.ts';
export type { User, UserProfile } from './users/user.ts';
export { type ListUsersInput, listUsersInput, type UpdateUserInput, updateUserInput } from './users/user-input.ts';
export { UserService } from './users/user-service.ts';
