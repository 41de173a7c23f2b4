import type { Clock } from '../clock.ts';
import type { ApiKeySecret } from '../keys/api-key-secret.ts';
import type { ApiKeyVerifier } from '../keys/api-key-verifier.ts';
import type { Caller, VerifyRefusal, VerifyResult } from '../keys/verify.ts';
import type { ModelService } from '../models/model-service.ts';
import type { Storage } from '../storage.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import { readBudgetFailure } from './budget-failure.ts';
import { readUsage } from './event-stream.ts';
import type { ChatGateway, GatewayAnswer, GatewayFailure, RelayPath } from './ports.ts';
import { type RelayRequest, readRelayBody, writeRelayBody } from './relay-body.ts';
import { brokenOff, relayStream, type StreamBody } from './relayed-stream.ts';
import { Settlement } from './settlement.ts';

export interface RelayCall {
  path: RelayPath;
  secret: ApiKeySecret;
  /** Reads the body as parsed JSON. Called once the key is known to be good. */
  body: () => Promise<unknown>;
  /** Lower case; only those of the allow-list go on. */
  headers: Readonly<Record<string, string | undefined>>;
  ip?: string | undefined;
  /** The tenant that the caller claims (`X-Tenant-ID`). */
  tenantId?: string | undefined;
  /** Aborts when the caller goes away. */
  signal: AbortSignal;
  /** The JSON that the caller gets for a refusal in mid-stream. */
  describeRefusal: (refusal: RelayRefusal) => unknown;
}

/** Why a call was not served. */
export type RelayRefusal =
  | { by: 'verify'; reason: VerifyRefusal }
  | { by: 'gateway'; failure: GatewayFailure }
  /** The key is not in LiteLLM and the host configured no service key. */
  | { by: 'gateway'; failure: 'gateway_key_missing' };

export type RelayResult =
  | { ok: true; status: number; headers: Record<string, string>; body: Uint8Array | StreamBody }
  | { ok: false; refusal: RelayRefusal };

/** Request headers that go on to LiteLLM. All else stays here: cookies, addresses, LiteLLM's own steering headers. */
export const relayedRequestHeaders = [
  'anthropic-beta',
  'anthropic-version',
  'openai-beta',
  'traceparent',
  'tracestate',
] as const;

export interface ChatCompletionParts {
  storage: Storage;
  verifier: ApiKeyVerifier;
  models: ModelService;
  gateway: ChatGateway;
  writer: UsageWriter;
  clock: Clock;
  /** What calls of keys go with that LiteLLM does not hold. */
  serviceKey?: ApiKeySecret | undefined;
  /** Further body fields that the host lets through. */
  allowedFields: ReadonlySet<string>;
}

const permissions: Record<RelayPath, string> = {
  '/v1/chat/completions': 'llm:chat',
  '/v1/embeddings': 'llm:embeddings',
};

/** Verifies, sends on, meters, settles: one call from a key holder to a model. */
export class ChatCompletionService {
  readonly #parts: ChatCompletionParts;

  constructor(parts: ChatCompletionParts) {
    this.#parts = parts;
  }

  /** Throws `validation_failed` for a body that cannot go on, and `storage_unavailable`. All else is a result. */
  async relay(call: RelayCall): Promise<RelayResult> {
    const verified = await this.#verify(call);
    if (!verified.ok) return refusedBy('verify', verified.reason);
    const request = readRelayBody(call.path, await call.body(), this.#parts.allowedFields);
    if (!verified.caller.models.includes(request.model)) return refusedBy('verify', 'model_not_allowed');
    const credential = verified.caller.isMirrored ? call.secret : this.#parts.serviceKey;
    if (!credential) return { ok: false, refusal: { by: 'gateway', failure: 'gateway_key_missing' } };
    return this.#send(call, request, verified.caller, credential);
  }

  /** The models that a key may use now. */
  async listModels(
    call: Pick<RelayCall, 'secret' | 'ip' | 'tenantId'>,
  ): Promise<{ ok: true; models: readonly string[] } | { ok: false; refusal: RelayRefusal }> {
    const { secret, ...rest } = call;
    const verified = await this.#parts.verifier.verify(secret, { ...rest, permission: 'llm:models' });
    return verified.ok ? { ok: true, models: verified.caller.models } : refusedBy('verify', verified.reason);
  }

  #verify({ secret, ip, tenantId, path }: RelayCall, model?: string): Promise<VerifyResult> {
    return this.#parts.verifier.verify(secret, { ip, tenantId, permission: permissions[path], model });
  }

  async #send(call: RelayCall, request: RelayRequest, caller: Caller, credential: ApiKeySecret): Promise<RelayResult> {
    // without prices and maxima a call still goes on: only its cap and its cost are not known
    const catalog = await this.#parts.models.catalog().catch(() => undefined);
    const model = catalog?.get(request.model);
    const settlement = new Settlement(this.#parts, { caller, request, model });
    const upstream = new AbortController();
    const answer = await this.#parts.gateway.send(
      { path: call.path, body: writeRelayBody(request, model), credential, headers: pickHeaders(call.headers) },
      AbortSignal.any([upstream.signal, call.signal]),
    );
    if (!answer.ok) return this.#failed(call, caller, settlement, answer);
    const { status, headers } = answer;
    if (!answer.streamed) return this.#whole(call, answer, settlement);
    const body = relayStream({
      upstream: answer.body,
      settlement,
      passUsage: request.wantsUsage,
      upstreamCallId: answer.upstreamCallId,
      abort: () => upstream.abort(),
      callerLeft: call.signal,
      readError: (error) => this.#parts.gateway.readStreamError(error),
      describeRefusal: call.describeRefusal,
      clock: this.#parts.clock,
      verify: () => this.#verify(call, request.model),
    });
    return { ok: true, status, headers, body };
  }

  async #failed(
    call: RelayCall,
    caller: Caller,
    settlement: Settlement,
    answer: Extract<GatewayAnswer, { ok: false }>,
  ): Promise<RelayResult> {
    const outcome = call.signal.aborted ? 'aborted' : 'refused';
    settlement.settle({ outcome, receivedTokens: 0, upstreamCallId: answer.upstreamCallId });
    const { failure } = answer;
    if (failure.kind === 'key_unknown') {
      await this.#parts.storage.syncTasks.mark(caller.tenantId, 'key', caller.keyId);
    }
    const told = failure.kind === 'budget_exceeded' ? await readBudgetFailure(this.#parts, caller, failure) : failure;
    return { ok: false, refusal: { by: 'gateway', failure: told } };
  }

  /** An answer in one piece: read whole, so that its usage is known before it goes on. */
  async #whole(
    call: RelayCall,
    answer: Extract<GatewayAnswer, { ok: true }>,
    settlement: Settlement,
  ): Promise<RelayResult> {
    const { upstreamCallId, costNano } = answer;
    try {
      const bytes = await readAll(answer.body);
      settlement.settle({
        outcome: 'completed',
        usage: readUsage(parseJson(bytes)),
        receivedTokens: 0,
        costNano,
        upstreamCallId,
      });
      return { ok: true, status: answer.status, headers: answer.headers, body: bytes };
    } catch {
      const outcome = call.signal.aborted ? 'aborted' : 'broken';
      settlement.settle({ outcome, receivedTokens: 0, costNano, upstreamCallId });
      return { ok: false, refusal: { by: 'gateway', failure: brokenOff } };
    }
  }
}

function refusedBy(by: 'verify', reason: VerifyRefusal): { ok: false; refusal: RelayRefusal } {
  return { ok: false, refusal: { by, reason } };
}

function pickHeaders(headers: RelayCall['headers']): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of relayedRequestHeaders) {
    const value = headers[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // no JSON, no usage: estimated
  }
}
