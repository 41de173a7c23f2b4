import ky, { type KyInstance } from 'ky';
import type { z } from 'zod';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { type CallContext, notLiteLlm, toLiteLlmError } from './errors/to-litellm-error.ts';
import { traced } from './telemetry.ts';

export interface CallOptions {
  /** `undefined` is left out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** The body; `undefined` is left out, null is sent. */
  json?: object;
  /** The path with its parameters unfilled, where it has some: what a trace shows. */
  template?: string;
  /** The key that the call is about, where there is one: tells LiteLLM's 401 for it from a 401 for us. */
  keyHash?: string;
  /** The secret inside `json`, where there is one: blanked in what LiteLLM says. */
  secret?: string | undefined;
  signal: AbortSignal | undefined;
}

export interface ChangeOptions extends CallOptions {
  /** @default 'POST' */
  method?: 'POST' | 'PATCH' | 'DELETE';
}

/** Calls of the management API. Paths are without a leading slash. Every method throws {@link LiteLlmError}. */
export interface Transport {
  /** GET. Sent again after no answer or a 5xx. */
  read<T>(path: string, answer: z.ZodType<T>, options: CallOptions): Promise<T>;
  /** GET, also while the circuit breaker holds other calls back. */
  look<T>(path: string, answer: z.ZodType<T>, options: CallOptions): Promise<T>;
  /** Does the same when it is done twice. Sent again after no answer or a 5xx. */
  change<T>(path: string, answer: z.ZodType<T>, options: ChangeOptions): Promise<T>;
  /** Would do something else the second time: sent once, whatever happens. */
  once<T>(path: string, answer: z.ZodType<T>, options: CallOptions): Promise<T>;
}

export interface TransportOptions {
  baseUrl: URL;
  masterKey: string;
  timeoutMs: number;
  retries: number;
  /** Null: none. */
  breaker: CircuitBreaker | null;
  fetch: typeof fetch | undefined;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, masterKey, timeoutMs, retries, breaker } = options;
  const http = ky.create({
    prefix: baseUrl.href,
    headers: { authorization: `Bearer ${masterKey}`, accept: 'application/json' },
    redirect: 'manual', // a redirect is a wrong base URL; following it would carry the call elsewhere
    timeout: timeoutMs,
    totalTimeout: timeoutMs,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const send = <T>(method: Method, path: string, answer: z.ZodType<T>, call: CallOptions, limit: number) => {
    const { keyHash, secret, signal } = call;
    const context = { timeoutMs, masterKey, keyHash, secret, signal };
    return traced(method, `/${call.template ?? path}`, baseUrl, async () => {
      const body = await request(http, method, path, call, context, limit).catch((error: unknown) => {
        throw toLiteLlmError(error, context);
      });
      return readAnswer(answer, body);
    });
  };
  const guarded: CircuitBreaker['run'] = (call) => (breaker ? breaker.run(call) : call());
  return {
    read: (path, answer, call) => guarded(() => send('GET', path, answer, call, retries)),
    look: (path, answer, call) => send('GET', path, answer, call, retries),
    change: (path, answer, call) => guarded(() => send(call.method ?? 'POST', path, answer, call, retries)),
    once: (path, answer, call) => guarded(() => send('POST', path, answer, call, 0)),
  };
}

function request(
  http: KyInstance,
  method: Method,
  path: string,
  call: CallOptions,
  context: CallContext,
  limit: number,
): Promise<unknown> {
  return http(path, {
    method,
    ...(call.query ? { searchParams: call.query } : {}),
    ...(call.json ? { json: call.json } : {}),
    ...(call.signal ? { signal: call.signal } : {}),
    retry: {
      limit,
      methods: ['get', 'post', 'patch', 'delete'],
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
