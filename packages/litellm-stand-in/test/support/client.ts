import { createHash } from 'node:crypto';
import { createLiteLlmStandIn, type LiteLlmStandIn, type StandInOptions } from '@keywright/litellm-stand-in';

/** Any JSON, for assertions. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape is what they assert.
export type Json = any;

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

const base = 'http://litellm.test';

/** A model with prices that make sums easy: 0.001 USD per word in, 0.002 per word out. */
export const pricedModel = {
  name: 'priced',
  inputCostPerToken: 0.001,
  outputCostPerToken: 0.002,
  maxOutputTokens: 1000,
};

/** Costs exactly 0.048 USD on `pricedModel`: 4 words in, 22 out. */
export const call48 = '!tokens=22 a b c';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A request of the stand-in, as the administrator unless another key is given; null sends none. */
export function request(
  standIn: LiteLlmStandIn,
  route: string,
  body?: unknown,
  options: { key?: string | null; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Request {
  const [method = 'GET', path = '/'] = route.split(' ');
  const key = options.key === undefined ? standIn.masterKey : options.key;
  return new Request(base + path, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(options.signal && { signal: options.signal }),
  });
}

/** Sends a request and reads the answer as JSON. */
async function send(standIn: LiteLlmStandIn, ...rest: RequestRest): Promise<Answer> {
  const response = await standIn.handle(request(standIn, ...rest));
  return { status: response.status, body: await response.json(), headers: response.headers };
}

type RequestRest = Parameters<typeof request> extends [LiteLlmStandIn, ...infer Rest] ? Rest : never;

export interface Bench {
  standIn: LiteLlmStandIn;
  /** Moves the clock forward. */
  advance(seconds: number): void;
  send(...rest: RequestRest): Promise<Answer>;
  /** Creates a key and gives its secret. */
  newKey(fields?: object): Promise<string>;
  /** One chat call without stream. */
  chat(key: string | null, content: string, extra?: object): Promise<Answer>;
}

/** A stand-in with `pricedModel` beside a second model, on a clock that stands still. */
export function bench(options: StandInOptions = {}): Bench {
  const time = Date.parse('2026-11-21T10:00:00Z');
  const second = { name: 'other', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006 };
  const models = [pricedModel, second];
  const standIn = createLiteLlmStandIn({ models, now: () => new Date(time), ...options });
  const sendTo = (...rest: RequestRest) => send(standIn, ...rest);
  return {
    standIn,
    advance: (seconds) => standIn.advance(seconds * 1000),
    send: sendTo,
    newKey: async (fields = {}) => (await sendTo('POST /key/generate', fields)).body.key,
    chat: (key, content, extra = {}) => {
      const messages = [{ role: 'user', content }];
      return sendTo('POST /v1/chat/completions', { model: 'priced', messages, max_tokens: 50, ...extra }, { key });
    },
  };
}
