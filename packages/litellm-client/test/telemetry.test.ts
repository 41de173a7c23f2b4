import { type Span, type SpanOptions, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLiteLlmClient } from '../src/index.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

interface Recorded {
  name: string;
  options: SpanOptions;
  attributes: Record<string, unknown>;
  status: unknown;
  ended: boolean;
}

let recorded: Recorded[] = [];

/** As much of a tracer as the client uses. */
const tracer: Pick<Tracer, 'startActiveSpan'> = {
  startActiveSpan: (name: string, ...rest: unknown[]) => {
    const [options, work] = [rest[0] as SpanOptions, rest.at(-1) as (span: Span) => unknown];
    const one: Recorded = { name, options, attributes: {}, status: undefined, ended: false };
    recorded.push(one);
    const span = {
      setStatus: (status: unknown) => Object.assign(one, { status }),
      setAttribute: (key: string, value: unknown) => Object.assign(one.attributes, { [key]: value }),
      end: () => Object.assign(one, { ended: true }),
    };
    return work(span as unknown as Span);
  },
};

beforeEach(() => {
  recorded = [];
  trace.setGlobalTracerProvider({ getTracer: () => tracer as Tracer });
});
afterEach(() => trace.disable());

const hash = 'b'.repeat(64);

async function clientOf(status: number, body: unknown) {
  const server = await startLocalServer((_, response) => sendJson(response, status, body));
  return createLiteLlmClient({ baseUrl: server.url, masterKey: 'sk-1234', retries: 0 });
}

test('a call is a span named after its route, without ids', async () => {
  const client = await clientOf(200, { spend: 0 });
  await client.keys.resetSpend(hash, 0);
  expect(recorded).toMatchObject([{ name: 'POST /key/{key}/reset_spend', status: undefined, ended: true }]);
  expect(JSON.stringify(recorded)).not.toContain(hash);
  expect(recorded[0]?.options.attributes).toMatchObject({
    'http.request.method': 'POST',
    'url.template': '/key/{key}/reset_spend',
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
  });
});

test('a failed call says why in its closed set of reasons, never in words of LiteLLM', async () => {
  const client = await clientOf(404, { error: { message: 'Key sk-planted_0123456789 not found', type: 'x' } });
  await expect(client.keys.info(hash)).rejects.toThrow();
  expect(recorded).toMatchObject([
    {
      name: 'GET /key/info',
      attributes: { 'error.type': 'not_found', 'http.response.status_code': 404 },
      status: { code: SpanStatusCode.ERROR, message: 'not_found' },
      ended: true,
    },
  ]);
  expect(JSON.stringify(recorded)).not.toContain('planted');
});
