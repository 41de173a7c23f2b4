import type { ApiKeySecret } from '../keys/api-key-secret.ts';

/** Calls that are relayed. */
export type RelayPath = '/v1/chat/completions' | '/v1/embeddings';

export interface GatewayCall {
  path: RelayPath;
  /** Written anew by us, of fields of an allow-list. */
  body: Record<string, unknown>;
  /** What authenticates at LiteLLM. */
  credential: ApiKeySecret;
  /** From the allow-list only, lower case. */
  headers: Record<string, string>;
}

/**
 * Why LiteLLM or the provider behind it did not serve a call. One for each class of the data plane's errors
 * (docs/errors.md); `error.type` and message decide, not the status alone.
 */
export type GatewayFailureKind =
  | 'budget_exceeded'
  | 'key_unknown'
  | 'key_expired'
  | 'key_blocked'
  | 'model_denied'
  | 'rate_limited'
  | 'upstream_rate_limited'
  | 'upstream_auth'
  | 'upstream_error'
  | 'invalid_request'
  | 'gateway_down';

export interface GatewayFailure {
  kind: GatewayFailureKind;
  /** What LiteLLM answered; 0 when it did not. */
  status: number;
  /** Secrets redacted. */
  message: string;
  /** The field a provider complains of, if it says. */
  param: string | null;
  retryAfterSeconds: number | null;
}

export type GatewayAnswer =
  | {
      ok: true;
      status: number;
      /** From the allow-list only, lower case. */
      headers: Record<string, string>;
      /** Whether `body` is a stream of server-sent events. */
      streamed: boolean;
      /** Ending the iteration early ends the upstream call. */
      body: AsyncIterable<Uint8Array>;
      /** What LiteLLM says the call cost, nano-USD; null for streams. */
      costNano: bigint | null;
      upstreamCallId: string | null;
    }
  | { ok: false; failure: GatewayFailure; upstreamCallId: string | null };

/** Sends a call on to LiteLLM. */
export interface ChatGateway {
  /** Never throws for what LiteLLM or the network does: that is a failure. Aborting the signal ends the call. */
  send(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer>;
  /** Reads a failure inside a stream (an event with an `error` object), which comes after status 200. */
  readStreamError(error: unknown): GatewayFailure;
}
