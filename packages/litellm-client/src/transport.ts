import ky, { type KyInstance } from 'ky';
import type { z } from 'zod';
import { type CallContext, notLiteLlm, toLiteLlmError } from './errors/to-litellm-error.ts';

/** One call of the management API. */
export interface ManagementCall<T> {
  method: 'get' | 'post';
  /** Without a leading slash. */
  path: string;
  /** `undefined` is left out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** The body; `undefined` is left out, null is sent. */
  json?: object;
  answer: z.ZodType<T>;
  /** Whether doing it twice does the same as doing it once. Else it is never sent again. */
  repeatable: boolean;
  /** The key that the call is about, where there is one: tells LiteLLM's 401 for it from a 401 for us. */
  keyHash?: string;
  /** The secret inside `json`, where there is one: blanked in what LiteLLM says. */
  secret?: string | undefined;
  signal: AbortSignal | undefined;
}

export interface Transport {
  /** @throws LiteLlmError */
  send<T>(call: ManagementCall<T>): Promise<T>;
}

export interface TransportOptions {
  baseUrl: URL;
  masterKey: string;
  timeoutMs: number;
  retries: number;
  fetch: typeof fetch | undefined;
}

export function createTransport(options: TransportOptions): Transport {
  const { masterKey, timeoutMs } = options;
  const http = ky.create({
    prefix: options.baseUrl.href,
    headers: { authorization: `Bearer ${masterKey}`, accept: 'application/json' },
    redirect: 'manual', // a redirect is a wrong base URL; following it would carry the call elsewhere
    timeout: timeoutMs,
    totalTimeout: timeoutMs,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  return {
    async send(call) {
      const context = {
        timeoutMs,
        masterKey,
        keyHash: call.keyHash,
        secret: call.secret,
        signal: call.signal,
      };
      const body = await request(http, call, context, options.retries).catch((error: unknown) => {
        throw toLiteLlmError(error, context);
      });
      return readAnswer(call.answer, body);
    },
  };
}

function request(
  http: KyInstance,
  call: ManagementCall<unknown>,
  context: CallContext,
  retries: number,
): Promise<unknown> {
  return http(call.path, {
    method: call.method,
    ...(call.query ? { searchParams: call.query } : {}),
    ...(call.json ? { json: call.json } : {}),
    ...(call.signal ? { signal: call.signal } : {}),
    retry: {
      limit: call.repeatable ? retries : 0,
      methods: ['get', 'post'],
      delay: (attempt) => 100 * 2 ** (attempt - 1),
      jitter: true,
      shouldRetry: ({ error }) => mayPass(error, context),
    },
  }).json();
}

/** Whether the same call may succeed a moment later. A 4xx is final, also where it stands for a database outage. */
function mayPass(error: Error, context: CallContext): boolean {
  const { reason, status } = toLiteLlmError(error, context);
  if (reason === 'no_answer') return true;
  return (reason === 'server_error' || reason === 'database_down') && (status ?? 0) >= 500;
}

function readAnswer<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the answer').slice(0, 5);
  throw notLiteLlm(200, `its answer lacks or misstates ${fields.join(', ')}`);
}
