import type { Clock } from '../clock.ts';
import { countVerify } from '../telemetry.ts';
import { type AcceptedFormat, type ApiKeySecret, hashSecret, liteLlmFormat, secretFormat } from './api-key-secret.ts';
import type { LastUsed } from './last-used.ts';
import { decideVerify, refuse, type VerifyRequest, type VerifyResult } from './verify.ts';
import type { VerifyCache } from './verify-cache.ts';

/** Decides from a presented secret whether a call may go on. Warm: no I/O. Cold: one statement. */
export class ApiKeyVerifier {
  readonly #cache: VerifyCache;
  readonly #clock: Clock;
  readonly #lastUsed: LastUsed;
  readonly #accepted: readonly AcceptedFormat[];

  constructor(parts: {
    cache: VerifyCache;
    clock: Clock;
    lastUsed: LastUsed;
    acceptedFormats?: readonly AcceptedFormat[];
  }) {
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#lastUsed = parts.lastUsed;
    this.#accepted = [liteLlmFormat, ...(parts.acceptedFormats ?? [])];
  }

  /** A result, never an exception, for every secret; throws `storage_unavailable` when the key cannot be read. */
  async verify(secret: string | ApiKeySecret, request?: VerifyRequest): Promise<VerifyResult> {
    const text = typeof secret === 'string' ? secret : secret.reveal();
    if (secretFormat(text, this.#accepted) === undefined) return this.#counted(refuse('malformed'));
    const keyHash = hashSecret(text);
    const nowMs = this.#clock.now();
    let prepared = this.#cache.peek(keyHash, nowMs);
    if (prepared === undefined) prepared = (await this.#cache.load(keyHash)) ?? null;
    if (prepared === null) return this.#counted(refuse('unknown'));
    const result = decideVerify(prepared, request, nowMs);
    if (result.ok) this.#lastUsed.note(prepared.caller, nowMs);
    return this.#counted(result);
  }

  #counted(result: VerifyResult): VerifyResult {
    countVerify(result.ok ? 'ok' : result.reason);
    return result;
  }
}
