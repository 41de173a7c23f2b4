import { checkMasterKey, checkWholeNumber, parseBaseUrl } from './connection.ts';
import { createHealthClient, type HealthClient } from './health.ts';
import { createKeysClient, type KeysClient } from './keys.ts';
import { createModelsClient, type ModelsClient } from './models.ts';
import { createTransport } from './transport.ts';
import { createUsersClient, type UsersClient } from './users.ts';

export interface LiteLlmClientOptions {
  /** Where LiteLLM is, with the path that it is mounted at, if any: `https://example.com/litellm`. */
  baseUrl: string;
  masterKey: string;
  /** What sends requests. @default the platform's fetch */
  fetch?: typeof fetch;
  /** Milliseconds after which a call fails with `timeout`, its repetitions and pauses included. @default 10000 */
  timeoutMs?: number;
  /**
   * How often a call that is safe to repeat (not `keys.generate`, not `users.create`) is sent again when LiteLLM gives
   * no answer or a 5xx. The pause before is random, up to 100 ms, 200 ms, 400 ms and so on. @default 2
   */
  retries?: number;
}

/** Typed client of LiteLLM's management API. Field names are LiteLLM's own. */
export interface LiteLlmClient {
  keys: KeysClient;
  users: UsersClient;
  models: ModelsClient;
  health: HealthClient;
}

/** @throws KeywrightError `configuration_invalid` for options that cannot work */
export function createLiteLlmClient(options: LiteLlmClientOptions): LiteLlmClient {
  const { masterKey, timeoutMs = 10_000, retries = 2 } = options;
  checkMasterKey(masterKey);
  checkWholeNumber('timeoutMs', timeoutMs, 1);
  checkWholeNumber('retries', retries, 0);
  const baseUrl = parseBaseUrl(options.baseUrl);
  const transport = createTransport({ baseUrl, masterKey, timeoutMs, retries, fetch: options.fetch });
  return {
    keys: createKeysClient(transport),
    users: createUsersClient(transport),
    models: createModelsClient(transport),
    health: createHealthClient(transport),
  };
}
