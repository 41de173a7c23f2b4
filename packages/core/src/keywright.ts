import { AuditService } from './audit/audit-service.ts';
import { Background } from './background.ts';
import { ChatCompletionService } from './chat-completions/chat-completion-service.ts';
import { type Clock, systemClock, withDeadline } from './clock.ts';
import { KeywrightError } from './errors.ts';
import { IdempotencyService } from './idempotency/idempotency-service.ts';
import { type AcceptedFormat, type ApiKeySecret, secretBrandPattern } from './keys/api-key-secret.ts';
import { ApiKeyService } from './keys/api-key-service.ts';
import { ApiKeyVerifier } from './keys/api-key-verifier.ts';
import type { InvalidationChannel } from './keys/invalidation.ts';
import { Invalidations } from './keys/invalidations.ts';
import { LastUsed } from './keys/last-used.ts';
import { VerifyCache } from './keys/verify-cache.ts';
import type { LiteLlm } from './litellm.ts';
import { type Logger, silentLogger } from './logger.ts';
import { ModelService } from './models/model-service.ts';
import { Rounds } from './rounds.ts';
import type { Storage } from './storage.ts';
import { SubscriptionService } from './subscriptions/subscription-service.ts';
import { ReconcileService } from './sync/reconcile/reconcile-service.ts';
import { SyncRunner } from './sync/sync-runner.ts';
import { SyncService } from './sync/sync-service.ts';
import { SyncWorker } from './sync/sync-worker.ts';
import { observeSyncQueue } from './telemetry.ts';
import { TenantService } from './tenants/tenant-service.ts';
import { UsageService } from './usage/usage-service.ts';
import { UsageWriter } from './usage/usage-writer.ts';
import { UserService } from './users/user-service.ts';

export interface KeywrightOptions {
  /** Where rows live: `createPostgresStorage` of `@keywright/postgres-store`, or `createMemoryStorage`. */
  storage: Storage;
  /** The way to LiteLLM: `createLiteLlm` of `@keywright/litellm-client`, or `createMemoryLiteLlm`. */
  litellm: LiteLlm;
  /**
   * How the nodes tell each other what changed, such as `createPostgresInvalidationChannel` of
   * `@keywright/postgres-store`. Default: none, for one node alone; another one would believe what it remembers for 5 s.
   */
  invalidations?: InvalidationChannel;
  /** Default: the machine's clock. */
  clock?: Clock;
  /** Default: nothing is written. */
  logger?: Logger;
  /** The word in `sk-<brand>_...`: 1 to 20 of `a-z`, `0-9`, `_`, `-`. Default `kw`. */
  secretBrand?: string;
  /** Formats that verify accepts besides ours and LiteLLM's. */
  acceptedFormats?: readonly AcceptedFormat[];
  /** Marks what is ours in LiteLLM; another for each installation that shares a proxy. Default `keywright`. */
  namespace?: string;
  /** Keys that a user may have at a time. Default 10. */
  maxKeysPerUser?: number;
  /** What calls of keys that LiteLLM does not hold go with. Default: such calls are refused. */
  serviceKey?: ApiKeySecret;
  /**
   * Fields of a call's body that pass beside OpenAI's own, such as `metadata`. Many of LiteLLM's would steer the gateway
   * (where it calls, with whose credentials): allow only what you know. Default: none.
   */
  allowedFields?: readonly string[];
  /** How long a request tries to reach LiteLLM, in milliseconds. Default 10 000. */
  gatewayDeadlineMs?: number;
  /** LiteLLM's longest request time in milliseconds: how late a creation may still commit. Default 120 000. */
  lateCommitMs?: number;
  /** How often the worker looks for work that requests left, in milliseconds. Default 1000. */
  workerPollMs?: number;
}

/** The services. Nothing runs in the background before `start()`. */
export interface Keywright {
  keys: ApiKeyService;
  subscriptions: SubscriptionService;
  users: UserService;
  tenants: TenantService;
  usage: UsageService;
  audit: AuditService;
  sync: SyncService;
  reconcile: ReconcileService;
  idempotency: IdempotencyService;
  models: ModelService;
  chatCompletions: ChatCompletionService;
  /** Starts the worker, the batched writes and the listener of this process. */
  start(): void;
  /** Stops them, finishes what runs and writes what is waiting. Storage and LiteLLM client stay the caller's to close. */
  close(options?: { timeoutMs?: number }): Promise<void>;
  /** What works: each part, by itself. */
  health(): Promise<Health>;
}

export interface Health {
  database: 'up' | 'down';
  litellm: 'up' | 'down';
}

const second = 1_000;
const healthDeadlineMs = 3_000;

/**
 * Puts the parts together. Throws `configuration_invalid` when one is missing or an option makes no sense.
 *
 * @example
 * const keywright = createKeywright({ storage, litellm });
 * keywright.start();
 */
export function createKeywright(options: KeywrightOptions): Keywright {
  assertOptions(options);
  const { storage, litellm, clock = systemClock, logger = silentLogger } = options;
  const { gatewayDeadlineMs = 10_000, lateCommitMs = 120_000 } = options;
  const { namespace = 'keywright', secretBrand = 'kw', maxKeysPerUser = 10 } = options;
  const leaseMs = gatewayDeadlineMs + 20_000; // longer than any try, so that nobody else steps in while it lasts
  const latestCommitMs = lateCommitMs + gatewayDeadlineMs; // the row is written before LiteLLM is asked
  const { mirror } = litellm;
  const background = new Background(logger);
  const cache = new VerifyCache((hash) => storage.unscoped.findBySecretHash(hash), clock);
  const invalidations = new Invalidations({ cache, channel: options.invalidations, background });
  const lastUsed = new LastUsed(storage.unscoped, clock);
  const acceptedFormats = options.acceptedFormats ?? [];
  const verifier = new ApiKeyVerifier({ cache, clock, lastUsed, acceptedFormats });
  const runner = new SyncRunner({ storage, mirror, clock, namespace, lateCommitMs: latestCommitMs, leaseMs }, logger);
  const pollMs = options.workerPollMs ?? 1_000;
  const workerOptions = { concurrency: 10, leaseMs, deadlineMs: gatewayDeadlineMs, pollMs };
  const worker = new SyncWorker({ storage, runner, clock, logger }, workerOptions);
  const models = new ModelService({ storage, catalog: litellm.models, clock });
  const writer = new UsageWriter({ ledger: storage.unscoped.ledger, clock, logger });
  const keyOptions = { namespace, secretBrand, maxKeysPerUser, gatewayDeadlineMs, leaseMs };
  const relayOptions = { allowedFields: new Set(options.allowedFields), serviceKey: options.serviceKey };
  return {
    keys: new ApiKeyService(
      { storage, mirror, runner, invalidations, clock, background, logger, ...keyOptions },
      verifier,
    ),
    subscriptions: new SubscriptionService({ storage, invalidations, worker, clock }),
    users: new UserService({ storage, invalidations, worker, clock }),
    tenants: new TenantService({ storage, invalidations, worker, clock }),
    usage: new UsageService({ storage, clock }),
    audit: new AuditService(storage.audit),
    sync: new SyncService({ storage, worker, clock }),
    reconcile: new ReconcileService({ storage, mirror, worker, clock, namespace, gatewayDeadlineMs }),
    idempotency: new IdempotencyService({ storage, leaseMs, logger }),
    models,
    chatCompletions: new ChatCompletionService({
      storage,
      verifier,
      models,
      gateway: litellm.chat,
      writer,
      clock,
      ...relayOptions,
    }),
    ...backgroundPart({ storage, clock, logger, worker, background, invalidations, lastUsed, writer }),
    health: () => readHealth(storage, litellm, clock),
  };
}

/** What runs between `start()` and `close()`. */
function backgroundPart(parts: {
  storage: Storage;
  clock: Clock;
  logger: Logger;
  worker: SyncWorker;
  background: Background;
  invalidations: Invalidations;
  lastUsed: LastUsed;
  writer: UsageWriter;
}): Pick<Keywright, 'start' | 'close'> {
  const { storage, clock, logger, worker, background, invalidations, lastUsed, writer } = parts;
  const rounds = new Rounds(clock, logger);
  let stopObserving: (() => void) | undefined;
  let listening: Promise<() => Promise<void>> | undefined;
  return {
    start() {
      worker.start();
      rounds.start('Writing last-used times', 5 * second, () => lastUsed.flush());
      rounds.start('Following what changes by time', 10 * second, async () => {
        if ((await storage.unscoped.markKeysChangedByTime()) > 0) worker.kick();
      });
      rounds.start('Upkeep of the storage', 3_600 * second, () => storage.unscoped.maintain());
      listening ??= invalidations.listen();
      stopObserving ??= observeSyncQueue(() => storage.unscoped.syncQueue.summary());
    },
    async close({ timeoutMs = 10_000 } = {}) {
      rounds.stop();
      stopObserving?.();
      stopObserving = undefined;
      const listener = listening;
      listening = undefined; // at once, so that it can be started again meanwhile
      await (await listener)?.();
      await worker.stop();
      await background.drain();
      await lastUsed
        .flush('all')
        .catch((error: unknown) => logger.warn('Last-used times are lost', { error: String(error) }));
      const missing = await writer.drain(timeoutMs);
      if (missing > 0) logger.error('Usage events are lost: the ledger could not be written', { missing });
    },
  };
}

async function readHealth(storage: Storage, litellm: LiteLlm, clock: Clock): Promise<Health> {
  const state = (check: (signal: AbortSignal) => Promise<void>) =>
    withDeadline(clock, healthDeadlineMs, (signal) => Promise.race([check(signal), aborted(signal)])).then(
      () => 'up' as const,
      () => 'down' as const,
    );
  const [database, liteLlm] = await Promise.all([
    state(() => storage.check()),
    state((signal) => litellm.check(signal)),
  ]);
  return { database, litellm: liteLlm };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function assertOptions(options: KeywrightOptions): void {
  const { storage, litellm, secretBrand, maxKeysPerUser, gatewayDeadlineMs, lateCommitMs, namespace } = options;
  const missing = [
    !storage && 'storage',
    !litellm?.mirror && 'litellm.mirror',
    !litellm?.chat && 'litellm.chat',
    !litellm?.models && 'litellm.models',
  ].find(Boolean);
  if (missing) invalid(`${missing} is missing. Give createKeywright({ storage, litellm }).`);
  if (secretBrand !== undefined && !secretBrandPattern.test(secretBrand)) {
    invalid('secretBrand should be 1 to 20 of a-z, 0-9, _ and -, with a letter or digit at both ends.');
  }
  if (namespace !== undefined && !/^[a-z0-9][a-z0-9_-]{0,30}$/.test(namespace)) {
    invalid('namespace should be 1 to 31 of a-z, 0-9, _ and -, beginning with a letter or digit.');
  }
  for (const [name, value] of Object.entries({ maxKeysPerUser, gatewayDeadlineMs, lateCommitMs })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      invalid(`${name} should be a whole number from 1.`);
  }
}

function invalid(message: string): never {
  throw new KeywrightError('configuration_invalid', message);
}
