import { type Actor, authorise, own, type Reach } from '../actor.ts';
import { canonicalId } from '../ids.ts';
import { parseInput } from '../input.ts';
import type { Page, PageRequest } from '../page.ts';
import { traced } from '../telemetry.ts';
import {
  type BulkDeleteInput,
  bulkDeleteInput,
  type CreateApiKeyForUserInput,
  type CreateApiKeyInput,
  createApiKeyForUserInput,
  createApiKeyInput,
  type ListApiKeysInput,
  listTenantApiKeysInput,
  type RotateApiKeyInput,
  rotateApiKeyInput,
  type UpdateApiKeyInput,
  updateApiKeyInput,
} from './api-key-input.ts';
import type { ApiKeySecret } from './api-key-secret.ts';
import type { ApiKeyVerifier } from './api-key-verifier.ts';
import { type ApiKeyView, isShown, viewApiKey } from './api-key-view.ts';
import { blockApiKey, unblockApiKey } from './block-api-key.ts';
import { type BulkDeletion, bulkDelete } from './bulk-delete.ts';
import { createApiKey, type KeyOwner } from './create-api-key.ts';
import { type ApiKeyDeletion, deleteApiKey } from './delete-api-key.ts';
import { type KeyParts, keyNotFound } from './key-parts.ts';
import type { ApiKeyStatistics } from './ports.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { updateApiKey } from './update-api-key.ts';
import type { VerifyRequest, VerifyResult } from './verify.ts';

/** A key just created, with its secret: the only time it is seen. */
export interface CreatedApiKey {
  apiKey: ApiKeyView;
  secret: ApiKeySecret;
}

/** A key with the new secret of a rotation: the only time it is seen. */
export interface RotatedApiKey extends CreatedApiKey {
  /** When the secret that was replaced ends. */
  previousUntil: Date;
}

/**
 * The life of API keys. Every mutating method takes the actor and decides itself whether the actor may. A key that is
 * another user's or tenant's is not found, like one that is not there.
 */
export class ApiKeyService {
  readonly #parts: KeyParts;
  readonly #verifier: ApiKeyVerifier;

  constructor(parts: KeyParts, verifier: ApiKeyVerifier) {
    this.#parts = parts;
    this.#verifier = verifier;
  }

  /**
   * Creates a key for the actor, in both systems or in neither.
   *
   * Throws `validation_failed`, `subscription_not_found`, `subscription_inactive`, `user_inactive`, `tenant_inactive`,
   * `model_not_in_subscription`, `limit_above_maximum`, `key_limit_reached`, `gateway_refused` (LiteLLM said no) and
   * `gateway_unavailable` (LiteLLM did not confirm in time; nothing is left behind).
   */
  async create(actor: Actor, input: CreateApiKeyInput): Promise<CreatedApiKey> {
    return this.#create(
      actor,
      { tenantId: actor.tenantId, userId: actor.userId },
      parseInput(createApiKeyInput, input),
    );
  }

  /** As `create`, for a user of the admin's tenant (an operator may name another tenant). */
  async createFor(
    actor: Actor,
    input: CreateApiKeyForUserInput,
    reach: Reach = { of: 'tenant' },
  ): Promise<CreatedApiKey> {
    const { userId, ...rest } = parseInput(createApiKeyForUserInput, input);
    const { tenantId } = authorise(actor, reach, 'write');
    return this.#create(actor, { tenantId, userId }, rest);
  }

  #create(actor: Actor, owner: KeyOwner, input: Parameters<typeof createApiKey>[3]): Promise<CreatedApiKey> {
    return traced('key.create', async () => {
      const created = await createApiKey(this.#parts, actor, owner, input);
      return { apiKey: viewApiKey(created, this.#parts.clock.now()), secret: created.secret };
    });
  }

  /** Throws `key_not_found`. */
  async get(actor: Actor, id: string, reach: Reach = own): Promise<ApiKeyView> {
    const scope = authorise(actor, reach, 'read');
    const found = await this.#parts.storage.keys.find(scope, canonicalId(id));
    if (!found || !isShown(found.key.lifecycle, reach)) throw keyNotFound();
    return viewApiKey(found, this.#parts.clock.now());
  }

  /** Newest first. One statement, no call to LiteLLM. */
  async list(actor: Actor, input: ListApiKeysInput, page: PageRequest, reach: Reach = own): Promise<Page<ApiKeyView>> {
    const filter = parseInput(listTenantApiKeysInput, input);
    const { tenantId, userId } = authorise(actor, reach, 'read');
    const includeDeleting = reach.of === 'tenant';
    const found = await this.#parts.storage.keys.list(
      tenantId,
      { ...filter, userId: userId ?? filter.userId, includeDeleting },
      page,
    );
    const nowMs = this.#parts.clock.now();
    return { ...found, items: found.items.map((item) => viewApiKey(item, nowMs)) };
  }

  /**
   * Absent fields stay, null clears, 0 allows nothing. Sync status is `pending` while LiteLLM has not followed.
   *
   * Throws `validation_failed`, `key_not_found`, `key_not_active`, `model_not_in_subscription`, `limit_above_maximum`
   * and `gateway_refused` (the key is as before).
   */
  async update(actor: Actor, id: string, input: UpdateApiKeyInput, reach: Reach = own): Promise<ApiKeyView> {
    const change = parseInput(updateApiKeyInput, input);
    const scope = authorise(actor, reach, 'write');
    return traced('key.update', async () =>
      viewApiKey(await updateApiKey(this.#parts, actor, scope, canonicalId(id), change), this.#parts.clock.now()),
    );
  }

  /**
   * A new secret for the same key. The old one works until the grace period ends, and never past the key's own expiry.
   *
   * Throws `validation_failed`, `key_not_found`, `key_not_active`, `rotation_in_progress` (the old secret of an earlier
   * rotation still works, and no grace period of 0 was asked for), `gateway_refused` and `gateway_unavailable` (the old
   * secret stays as it was).
   */
  async rotate(actor: Actor, id: string, input: RotateApiKeyInput = {}, reach: Reach = own): Promise<RotatedApiKey> {
    const { gracePeriodSeconds } = parseInput(rotateApiKeyInput, input);
    const scope = authorise(actor, reach, 'write');
    return traced('key.rotate', async () => {
      const rotated = await rotateApiKey(this.#parts, actor, scope, canonicalId(id), gracePeriodSeconds * 1000);
      const { secret, previousUntil } = rotated;
      return { apiKey: viewApiKey(rotated, this.#parts.clock.now()), secret, previousUntil };
    });
  }

  /**
   * From now on the key does not verify. Owner and admin hold it apart: each lifts only what he holds. Throws
   * `key_not_found` and `key_not_active`.
   */
  async block(actor: Actor, id: string, reach: Reach = own): Promise<ApiKeyView> {
    const scope = authorise(actor, reach, 'write');
    return traced('key.block', async () =>
      viewApiKey(await blockApiKey(this.#parts, actor, scope, canonicalId(id)), this.#parts.clock.now()),
    );
  }

  /**
   * Lifts one's own hold; status `blocked` stays while the other one holds the key. Throws `key_not_found`,
   * `key_not_active`, `forbidden` (an owner, while an admin holds the key) and `gateway_refused`.
   */
  async unblock(actor: Actor, id: string, reach: Reach = own): Promise<ApiKeyView> {
    const scope = authorise(actor, reach, 'write');
    return traced('key.unblock', async () =>
      viewApiKey(await unblockApiKey(this.#parts, actor, scope, canonicalId(id)), this.#parts.clock.now()),
    );
  }

  /**
   * Deletes what matches, at most 100 keys a call; by default it only tells which. Each key by itself: what is reported
   * as deleted is committed. Throws `validation_failed`, `forbidden`.
   */
  async bulkDelete(actor: Actor, input: BulkDeleteInput, reach: Reach = { of: 'tenant' }): Promise<BulkDeletion> {
    const { dryRun, ...filter } = parseInput(bulkDeleteInput, input);
    const { tenantId } = authorise(actor, reach, 'write');
    const includeDeleting = filter.status === 'deleting'; // such a deletion is pushed on
    const wanted = { ...filter, includeDeleting };
    return traced('key.bulk_delete', () => bulkDelete(this.#parts, actor, tenantId, wanted, dryRun));
  }

  /** For good, in both systems. Throws `key_not_found`. */
  async delete(actor: Actor, id: string, reach: Reach = own): Promise<ApiKeyDeletion> {
    const scope = authorise(actor, reach, 'write');
    return traced('key.delete', () => deleteApiKey(this.#parts, actor, scope, canonicalId(id)));
  }

  /** Over the actor's own keys. */
  statistics(actor: Actor): Promise<ApiKeyStatistics> {
    return this.#parts.storage.keys.statistics(actor.tenantId, actor.userId);
  }

  /**
   * Decides from a presented secret whether a call may go on. A result, never an exception, unless the storage is down.
   *
   * @example
   * const result = await keywright.keys.verify(secret, { permission: 'llm:chat', model: 'gpt-4o' });
   * if (!result.ok) return refuse(result.reason);
   */
  verify(secret: string | ApiKeySecret, request?: VerifyRequest): Promise<VerifyResult> {
    return this.#verifier.verify(secret, request);
  }
}
