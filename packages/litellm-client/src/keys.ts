import { normalised, timeToLive } from './durations.ts';
import {
  aliasesAnswer,
  blockAnswer,
  bulkAnswer,
  deleteAnswer,
  type GeneratedKey,
  generateAnswer,
  infoAnswer,
  type KeyAliasList,
  type KeyList,
  type KeySpendReset,
  type KeysBulkUpdate,
  keyInfo,
  type LiteLlmKeyInfo,
  type LiteLlmKeyRow,
  listAnswer,
  resetAnswer,
} from './key-answers.ts';
import type {
  BulkUpdateKeysRequest,
  GenerateKeyRequest,
  GenerateServiceAccountKeyRequest,
  KeyFilter,
  ListKeyAliasesRequest,
  ListKeysRequest,
  UpdateKeyRequest,
} from './key-requests.ts';
import { sweepKeys } from './key-sweep.ts';
import { walkPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { keyHash, type NonEmpty } from './wire.ts';

/** /key routes. A key is named by its hash everywhere but in `generate`. Every method throws {@link LiteLlmError}. */
export interface KeysClient {
  /** Sent once, never again by itself: it is not idempotent (LL-C7, LL-C8). */
  generate(request: GenerateKeyRequest, signal?: AbortSignal): Promise<GeneratedKey>;
  /** As `generate`; `validation` when there is no such team (LL-C49). */
  generateForServiceAccount(request: GenerateServiceAccountKeyRequest, signal?: AbortSignal): Promise<GeneratedKey>;
  update(hash: string, change: UpdateKeyRequest, signal?: AbortSignal): Promise<LiteLlmKeyInfo>;
  /** Each change by itself: some may fail. What is told of those that did is in `failed_updates`. */
  bulkUpdate(changes: BulkUpdateKeysRequest, signal?: AbortSignal): Promise<KeysBulkUpdate>;
  /** Fails with `not_found` when none of them is there; else LiteLLM tells them all deleted (LL-C39, LL-C40). */
  delete(hashes: NonEmpty, signal?: AbortSignal): Promise<string[]>;
  /** As `delete`, by alias; resolves to the aliases. */
  deleteByAlias(aliases: NonEmpty, signal?: AbortSignal): Promise<string[]>;
  /** Newer versions go on telling a deleted key, with the status `deleted` (LL-C21). */
  info(hash: string, signal?: AbortSignal): Promise<LiteLlmKeyInfo>;
  /**
   * One page. Older versions take some filters for substrings; what does not match exactly is left out here, so that a
   * page may hold fewer keys than its `size` (LL-C24, LL-C25).
   */
  list(request?: ListKeysRequest, signal?: AbortSignal): Promise<KeyList>;
  /**
   * Every key, in ascending order of hash, one page in memory at a time. Keys that are created or deleted meanwhile lead
   * to no duplicate and to no gap; should that fail, it throws `inconsistent_pages` rather than end early.
   */
  pages(filter?: KeyFilter, signal?: AbortSignal): AsyncIterable<LiteLlmKeyRow[]>;
  /** As `pages`, key by key. */
  all(filter?: KeyFilter, signal?: AbortSignal): AsyncIterable<LiteLlmKeyRow>;
  /** One page of aliases. */
  aliases(request?: ListKeyAliasesRequest, signal?: AbortSignal): Promise<KeyAliasList>;
  /** Every alias that holds a text, in any case; every one there is without. Throws `inconsistent_pages`. */
  allAliases(search?: string, signal?: AbortSignal): AsyncIterable<string>;
  /** LiteLLM refuses the key's calls, and keeps its alias and spend. */
  block(hash: string, signal?: AbortSignal): Promise<void>;
  unblock(hash: string, signal?: AbortSignal): Promise<void>;
  /** Sets the spend to an amount of USD not above the present one (LL-C47). Sent once: spend goes on meanwhile. */
  resetSpend(hash: string, resetTo: number, signal?: AbortSignal): Promise<KeySpendReset>;
}

export function createKeysClient(transport: Transport): KeysClient {
  return { ...changes(transport), ...reads(transport) };
}

type Reads = Pick<KeysClient, 'info' | 'list' | 'pages' | 'all' | 'aliases' | 'allAliases'>;

function changes(transport: Transport): Omit<KeysClient, keyof Reads> {
  const generate = async (path: string, request: GenerateKeyRequest, signal: AbortSignal | undefined) => {
    const json = { ...normalised(request), duration: request.duration && timeToLive(request.duration, 'ends') };
    return transport.once(path, generateAnswer, { json, secret: request.key, signal });
  };
  const setBlocked = async (path: string, hash: string, signal: AbortSignal | undefined) => {
    const key = keyHash(hash);
    await transport.change(path, blockAnswer, { json: { key }, keyHash: key, signal });
  };
  const remove = async (json: object, signal: AbortSignal | undefined) =>
    (await transport.change('key/delete', deleteAnswer, { json, signal })).deleted_keys;
  return {
    generate: (request, signal) => generate('key/generate', request, signal),
    generateForServiceAccount: (request, signal) => generate('key/service-account/generate', request, signal),
    async update(hash, change, signal) {
      const key = keyHash(hash);
      const duration = change.duration && timeToLive(change.duration, 'may-be-never');
      const json = { ...normalised(change), duration, key };
      return transport.change('key/update', keyInfo, { json, keyHash: key, signal });
    },
    async bulkUpdate(wanted, signal) {
      const keys = wanted.map((change) => ({ ...change, key: keyHash(change.key) }));
      return transport.change('key/bulk_update', bulkAnswer, { json: { keys }, signal });
    },
    delete: async (hashes, signal) => remove({ keys: hashes.map(keyHash) }, signal),
    deleteByAlias: (aliases, signal) => remove({ key_aliases: aliases }, signal),
    block: (hash, signal) => setBlocked('key/block', hash, signal),
    unblock: (hash, signal) => setBlocked('key/unblock', hash, signal),
    async resetSpend(hash, resetTo, signal) {
      const key = keyHash(hash);
      const template = 'key/{key}/reset_spend';
      return transport.once(`key/${key}/reset_spend`, resetAnswer, {
        json: { reset_to: resetTo },
        template,
        keyHash: key,
        signal,
      });
    },
  };
}

function reads(transport: Transport): Reads {
  const list = async (request: ListKeysRequest, signal: AbortSignal | undefined) => {
    const key_hash = request.key_hash === undefined ? undefined : keyHash(request.key_hash);
    const query = { ...request, key_hash, return_full_object: true };
    return transport.read('key/list', listAnswer, { query, signal });
  };
  const pages: Reads['pages'] = async function* (filter = {}, signal) {
    const order = { sort_by: 'token', sort_order: 'asc' } as const;
    const sweep = sweepKeys((page, size) => list({ ...filter, ...order, page, size }, signal));
    for await (const keys of sweep) {
      const wanted = keys.filter((key) => matches(key, filter));
      if (wanted.length > 0) yield wanted;
    }
  };
  const aliases: Reads['aliases'] = (request = {}, signal) =>
    transport.read('key/aliases', aliasesAnswer, { query: { ...request }, signal });
  return {
    async info(hash, signal) {
      const key = keyHash(hash);
      return (await transport.read('key/info', infoAnswer, { query: { key }, keyHash: key, signal })).info;
    },
    async list(request = {}, signal) {
      const page = await list(request, signal);
      return { ...page, keys: page.keys.filter((key) => matches(key, request)) };
    },
    pages,
    async *all(filter, signal) {
      for await (const keys of pages(filter, signal)) yield* keys;
    },
    aliases,
    async *allAliases(search, signal) {
      const read = async (page: number) => {
        const { aliases: rows, total_count: total } = await aliases({ page, size: 100, search }, signal);
        return { rows, total };
      };
      const wanted = search?.toLowerCase() ?? '';
      for await (const alias of walkPages(100, read)) if (alias.toLowerCase().includes(wanted)) yield alias;
    },
  };
}

function matches(key: LiteLlmKeyRow, wanted: KeyFilter): boolean {
  const othersToo = wanted.include_team_keys === true || wanted.include_created_by_keys === true;
  return (
    (wanted.user_id === undefined || othersToo || key.user_id === wanted.user_id) &&
    (wanted.team_id === undefined || key.team_id === wanted.team_id) &&
    (wanted.key_alias === undefined || key.key_alias === wanted.key_alias) &&
    (wanted.key_hash === undefined || key.token === wanted.key_hash)
  );
}
