import {
  type ApiKeySecret,
  type GatewayFailure,
  generateSecret,
  KeywrightError,
  type RelayRefusal,
  type RelayResult,
  type StreamBody,
} from '@keywright/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { alice, aWorld, type CoreWorld } from '../world.ts';

let world: CoreWorld;
let secret: ApiKeySecret;
let keyId: string;

beforeEach(async () => {
  world = await aWorld();
  const created = await world.keywright.keys.create(alice, { name: 'laptop' });
  secret = created.secret;
  keyId = created.apiKey.id;
});

const text = 'four words are here';
const failure = (kind: GatewayFailure['kind']): GatewayFailure => ({
  kind,
  status: 400,
  message: 'why',
  param: null,
  retryAfterSeconds: null,
});

function relay(
  extra: Record<string, unknown> = {},
  options: {
    secret?: ApiKeySecret;
    signal?: AbortSignal;
    headers?: Record<string, string>;
    body?: () => Promise<unknown>;
  } = {},
): Promise<RelayResult> {
  return world.keywright.chatCompletions.relay({
    path: '/v1/chat/completions',
    secret: options.secret ?? secret,
    body: options.body ?? (async () => ({ model: 'gpt-a', messages: [{ role: 'user', content: text }], ...extra })),
    headers: options.headers ?? {},
    signal: options.signal ?? new AbortController().signal,
    describeRefusal: (refusal) => ({ error: { type: refusal.by === 'verify' ? refusal.reason : kindOf(refusal) } }),
  });
}

function kindOf({ failure }: Extract<RelayRefusal, { by: 'gateway' }>): string {
  return failure === 'gateway_key_missing' ? failure : failure.kind;
}

async function stream(options: { signal?: AbortSignal } = {}): Promise<StreamBody> {
  const result = await relay({ stream: true }, options);
  if (!result.ok || result.body instanceof Uint8Array) throw new Error('should be a stream');
  return result.body;
}

/** The ledger after everything was written. */
async function usage() {
  await world.keywright.close();
  const from = new Date(world.clock.now() - 60_000);
  const to = new Date(world.clock.now() + 60_000);
  return world.storage.usage.totals('acme', { keyId, from, to });
}

describe('a relayed call', () => {
  it("goes on with the caller's own secret, and its usage and cost are in the ledger", async () => {
    const result = await relay();
    if (!result.ok || !(result.body instanceof Uint8Array)) throw new Error('should be answered');
    const answer: unknown = JSON.parse(Buffer.from(result.body).toString());
    expect(answer).toMatchObject({
      choices: [{ message: { content: text } }],
      usage: { prompt_tokens: 5, completion_tokens: 5 },
    });
    expect(world.litellm.upstream.chatCalls[0]?.credential.hash).toBe(secret.hash);
    expect(await usage()).toEqual({ requests: 1, inputTokens: 5, outputTokens: 5, costNano: 15_000n });
    expect(await world.keywright.keys.get(alice, keyId)).toMatchObject({
      currentSpend: 15_000n,
      currentQuotaUsage: 10,
    });
  });

  it('passes only the headers of the list', async () => {
    await relay(
      {},
      {
        headers: {
          'openai-beta': 'x',
          cookie: 'c',
          authorization: 'a',
          'x-litellm-tags': 't',
          'x-forwarded-for': '1.1.1.1',
        },
      },
    );
    expect(world.litellm.upstream.chatCalls[0]?.headers).toEqual({ 'openai-beta': 'x' });
  });

  it.each([
    [{ model: 'gpt-z' }, 'model_not_allowed'],
    [{}, 'unknown'],
  ])('that may not go on reaches nobody and costs nothing', async (body, reason) => {
    const result = await relay(body, reason === 'unknown' ? { secret: generateSecret() } : {});
    expect(result).toEqual({ ok: false, refusal: { by: 'verify', reason } });
    expect(world.litellm.upstream.chatCalls).toEqual([]);
    expect(await usage()).toMatchObject({ requests: 0 });
  });

  it('whose key is refused is not read: not a byte of its body', async () => {
    let reads = 0;
    const body = async () => void reads++;
    expect(await relay({}, { secret: generateSecret(), body })).toMatchObject({ refusal: { reason: 'unknown' } });
    expect(reads).toBe(0);
  });

  it('that LiteLLM refuses is one event that cost nothing', async () => {
    world.litellm.upstream.failNextChat(failure('rate_limited'));
    expect(await relay()).toMatchObject({ ok: false, refusal: { by: 'gateway', failure: { kind: 'rate_limited' } } });
    expect(await usage()).toEqual({ requests: 1, inputTokens: 0, outputTokens: 0, costNano: 0n });
  });

  it('whose key LiteLLM no longer knows leaves a sync task', async () => {
    world.litellm.upstream.failNextChat(failure('key_unknown'));
    await relay();
    const { items } = await world.storage.syncTasks.list('acme', { limit: 10 });
    expect(items).toMatchObject([{ entity: 'key', entityId: keyId }]);
  });

  it('refused for the budget while our ledger has budget left may simply come again', async () => {
    await world.keywright.keys.update(alice, keyId, { maxBudget: '1' });
    world.litellm.upstream.failNextChat(failure('budget_exceeded'));
    expect(await relay()).toMatchObject({ refusal: { failure: { kind: 'rate_limited', retryAfterSeconds: 1 } } });
  });

  it('refused for the budget when it is spent stays refused', async () => {
    await world.keywright.keys.update(alice, keyId, { maxBudget: '0' });
    world.litellm.upstream.failNextChat(failure('budget_exceeded'));
    expect(await relay()).toMatchObject({ refusal: { failure: { kind: 'budget_exceeded' } } });
  });

  it('refused for the budget stays refused from the moment that it is spent, whatever verify remembers', async () => {
    await world.keywright.keys.update(alice, keyId, { maxBudget: '0.00001' });
    await relay(); // costs 15 000 nano-USD, more than the budget; verify read the key before
    world.litellm.upstream.failNextChat(failure('budget_exceeded'));
    expect(await relay()).toMatchObject({ refusal: { failure: { kind: 'budget_exceeded' } } });
  });

  it("goes on when prices and maxima cannot be read; its cost is LiteLLM's word", async () => {
    world.litellm.models.list = () => Promise.reject(new Error('down'));
    expect(await relay()).toMatchObject({ ok: true });
    expect(await usage()).toMatchObject({ requests: 1, costNano: 15_000n });
  });
});

describe('a relayed stream', () => {
  it('passes piece by piece, and its usage is written once at the end', async () => {
    const chunks: string[] = [];
    await (await stream()).pipe((chunk) => void chunks.push(Buffer.from(chunk).toString()));
    expect(chunks.length).toBeGreaterThan(4);
    expect(chunks.at(-1)).toBe('data: [DONE]\n\n');
    expect(chunks.join('')).not.toContain('usage');
    expect(await usage()).toEqual({ requests: 1, inputTokens: 5, outputTokens: 5, costNano: 15_000n });
  });

  it('whose reader goes away is ended and written once, as an estimate', async () => {
    let written = 0;
    const body = await stream();
    await body.pipe(() => {
      written++;
      if (written === 2) throw new Error('gone');
    });
    await body.cancel();
    const totals = await usage();
    expect(totals).toMatchObject({ requests: 1 });
    expect(totals.inputTokens).toBeGreaterThan(0);
    expect(totals.outputTokens).toBeGreaterThan(0);
  });

  it('that nobody reads is written once when it is cancelled', async () => {
    await (await stream()).cancel();
    expect(await usage()).toMatchObject({ requests: 1, outputTokens: 0 });
  });

  it('that breaks ends with an error event, and is written once', async () => {
    breakAfter('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
    const chunks: string[] = [];
    await (await stream()).pipe((chunk) => void chunks.push(Buffer.from(chunk).toString()));
    expect(chunks).toEqual([
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\n',
      'data: {"error":{"type":"upstream_error"}}\n\n',
    ]);
    expect(await usage()).toMatchObject({ requests: 1, inputTokens: 13, outputTokens: 1 });
  });

  it('whose caller left while we waited for more is written once, and nobody is written to', async () => {
    const leaving = new AbortController();
    const chunks: Uint8Array[] = [];
    await (await stream({ signal: leaving.signal })).pipe((chunk) => {
      chunks.push(chunk);
      leaving.abort(new Error('left'));
    });
    expect(chunks).toHaveLength(1);
    expect(await usage()).toMatchObject({ requests: 1 });
  });
});

describe('a stream whose key is taken away', () => {
  const word = (text: string) => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`;

  /** What the caller gets of a stream of `words` chunks when `between` happens after the first. */
  async function running(words: number, between: () => Promise<unknown>): Promise<string[]> {
    async function* body() {
      yield Buffer.from(word('0'));
      await between();
      for (let index = 1; index < words; index++) {
        world.clock.advance(1_000);
        await new Promise(setImmediate);
        yield Buffer.from(word(String(index)));
      }
    }
    world.litellm.chat.send = async () => ({
      ok: true,
      status: 200,
      headers: {},
      streamed: true,
      body: body(),
      costNano: null,
      upstreamCallId: null,
    });
    const chunks: string[] = [];
    await (await stream()).pipe((chunk) => void chunks.push(Buffer.from(chunk).toString()));
    return chunks;
  }

  it.each([
    ['unknown', 1, 'here', () => world.keywright.keys.delete(alice, keyId)],
    [
      'blocked',
      5,
      'on another node',
      () => world.storage.keys.update('acme', keyId, { isActive: false, blockedBy: 'owner' }),
    ],
  ])('ends and says %s, with the chunk after %i s when that was done %s', async (reason, seconds, _, takeAway) => {
    const chunks = await running(20, takeAway);
    expect(chunks.length).toBeLessThanOrEqual(1 + seconds + 1);
    expect(chunks.at(-1)).toBe(`data: {"error":{"type":"${reason}"}}\n\n`);
    const events = await usage();
    expect(events).toMatchObject({ requests: 1 });
  });

  it('ends as well while the model says nothing', async () => {
    let isAborted = false;
    async function* silent(signal: AbortSignal) {
      yield Buffer.from(word('0'));
      await new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }
    world.litellm.chat.send = async (_, signal) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      const rest = { status: 200, headers: {}, costNano: null, upstreamCallId: null };
      return { ok: true, streamed: true, body: silent(signal), ...rest };
    };
    const chunks: string[] = [];
    const piped = (await stream()).pipe((chunk) => void chunks.push(Buffer.from(chunk).toString()));
    await expect.poll(() => chunks.length).toBe(1);
    await world.keywright.keys.block(alice, keyId);
    world.clock.advance(500);
    await piped;
    expect(chunks.at(-1)).toBe('data: {"error":{"type":"blocked"}}\n\n');
    expect(isAborted).toBe(true);
    expect(world.clock.pendingTimers).toBe(0);
  });

  it('goes on while the key is good, and while it cannot be read', async () => {
    expect(await running(20, async () => undefined)).toHaveLength(20);
    const { unscoped } = world.storage;
    const down = () => {
      unscoped.findBySecretHash = () => Promise.reject(new KeywrightError('storage_unavailable', 'down'));
    };
    expect(await running(20, async () => down())).toHaveLength(20);
  });
});

/** The next answer breaks off after these chunks. */
function breakAfter(...chunks: string[]): void {
  async function* body() {
    for (const chunk of chunks) yield Buffer.from(chunk);
    throw new Error('cut');
  }
  world.litellm.chat.send = async () => ({
    ok: true,
    status: 200,
    headers: {},
    streamed: true,
    body: body(),
    costNano: null,
    upstreamCallId: null,
  });
}

describe('the list of models', () => {
  it('holds what the key may use now', async () => {
    expect(await world.keywright.chatCompletions.listModels({ secret })).toEqual({
      ok: true,
      models: ['gpt-a', 'gpt-b'],
    });
    await world.keywright.keys.update(alice, keyId, { models: ['gpt-b'], permissions: ['llm:models'] });
    expect(await world.keywright.chatCompletions.listModels({ secret })).toEqual({ ok: true, models: ['gpt-b'] });
    expect(await relay({ model: 'gpt-b' })).toEqual({
      ok: false,
      refusal: { by: 'verify', reason: 'permission_denied' },
    });
  });
});
