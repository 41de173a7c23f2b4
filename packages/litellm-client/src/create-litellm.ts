import { type Clock, KeywrightError, type LiteLlm, systemClock } from '@keywright/core';
import { createChatGateway } from './chat-completions/chat-gateway.ts';
import type { CircuitBreakerOptions } from './circuit-breaker.ts';
import { createLiteLlmClient } from './client.ts';
import { checkWholeNumber, parseBaseUrl } from './connection.ts';
import type { HealthClient } from './health.ts';
import { createModelCatalog } from './model-catalog.ts';
import { createKeyMirror } from './sync/key-mirror.ts';
import { orKeywrightError } from './sync/to-keywright-error.ts';

export interface LiteLlmOptions {
  /** Where LiteLLM is, with the path that it is mounted at, if any: `https://example.com/litellm`. */
  baseUrl: string;
  masterKey: string;
  /** Milliseconds for a call of the management API, its repetitions included. @default 10000 */
  requestTimeoutMs?: number;
  /** How often a management call that is safe to repeat is sent again after no answer or a 5xx. @default 2 */
  retries?: number;
  /**
   * Holds management calls back after so many outages in a row, for so long; null: never.
   * @default { failures: 5, openMs: 5000 }
   */
  breaker?: CircuitBreakerOptions | null;
  /**
   * Most connections for chat calls. Each running call needs one, so more calls than this wait, unseen, for streams to
   * end; null: no limit. @default null
   */
  connections?: number | null;
  /** Milliseconds for setting up a connection for chat calls. @default 5000 */
  connectTimeoutMs?: number;
  /**
   * Milliseconds until a chat call's answer begins; without streaming that is the whole generation. 0: no limit.
   * @default 300000
   */
  headersTimeoutMs?: number;
  /** Milliseconds between two pieces of a chat call's answer. 0: no limit. @default 300000 */
  bodyTimeoutMs?: number;
  /**
   * Milliseconds that an idle connection is kept. Should be shorter than LiteLLM keeps it (5 s by default), else a call
   * may go out on a connection that is just being closed. @default 4000
   */
  keepAliveTimeoutMs?: number;
  /** Where the time comes from that a key's `expiresAt` is measured against. @default the machine's clock */
  clock?: Clock;
}

/**
 * All that Keywright needs of LiteLLM. Opens no connection before the first call.
 *
 * Running chat calls fail when it is closed: end them first.
 *
 * @throws KeywrightError `configuration_invalid` for options that cannot work
 * @example
 * const litellm = createLiteLlm({ baseUrl: 'http://localhost:4000', masterKey })
 * const keywright = createKeywright({ storage, litellm })
 */
export function createLiteLlm(options: LiteLlmOptions): LiteLlm {
  const { baseUrl, masterKey, requestTimeoutMs = 10_000, retries, breaker, clock = systemClock } = options;
  checkWholeNumber('requestTimeoutMs', requestTimeoutMs, 1);
  const client = createLiteLlmClient({
    baseUrl,
    masterKey,
    timeoutMs: requestTimeoutMs,
    clock,
    ...(retries === undefined ? {} : { retries }),
    ...(breaker === undefined ? {} : { breaker }),
  });
  const chat = createChatGateway(chatOptions(options));
  return {
    mirror: createKeyMirror(client, clock),
    models: createModelCatalog(client.models),
    chat,
    check: (signal) => check(client.health, signal),
    close: () => chat.close(),
  };
}

function chatOptions(options: LiteLlmOptions): Parameters<typeof createChatGateway>[0] {
  const { connections = null, connectTimeoutMs = 5_000, keepAliveTimeoutMs = 4_000 } = options;
  const { headersTimeoutMs = 300_000, bodyTimeoutMs = 300_000 } = options;
  if (connections !== null) checkWholeNumber('connections', connections, 1);
  checkWholeNumber('connectTimeoutMs', connectTimeoutMs, 1);
  checkWholeNumber('keepAliveTimeoutMs', keepAliveTimeoutMs, 1);
  checkWholeNumber('headersTimeoutMs', headersTimeoutMs, 0);
  checkWholeNumber('bodyTimeoutMs', bodyTimeoutMs, 0);
  return {
    baseUrl: parseBaseUrl(options.baseUrl),
    masterKey: options.masterKey,
    connections,
    connectTimeoutMs,
    headersTimeoutMs,
    bodyTimeoutMs,
    keepAliveTimeoutMs,
  };
}

async function check(health: HealthClient, signal: AbortSignal): Promise<void> {
  const { db } = await orKeywrightError(health.readiness(signal));
  if (db !== 'connected') {
    throw new KeywrightError('gateway_unavailable', 'LiteLLM answers, but has no connection to its database.');
  }
}
