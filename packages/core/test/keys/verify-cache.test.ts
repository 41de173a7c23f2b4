import { FixedClock } from '@keywright/core/testing';
import { describe, expect, it } from 'vitest';
import type { VerifiableKey } from '../../src/keys/ports.ts';
import { VerifyCache, verifyCacheTtlMs } from '../../src/keys/verify-cache.ts';
import { aVerifiableKey } from './a-verifiable-key.ts';

const row = (id: string) => aVerifiableKey({ key: { id }, secret: { keyHash: id } });

/** A cache over reads that the test answers one by one. */
function aCache(limits?: { known?: number; unknown?: number }) {
  const clock = new FixedClock();
  const reads: { hash: string; answer: (found: VerifiableKey | undefined) => void; fail: (error: Error) => void }[] =
    [];
  const cache = new VerifyCache(
    (hash) => new Promise((answer, fail) => reads.push({ hash, answer, fail })),
    clock,
    limits,
  );
  return { cache, clock, reads };
}

describe('the verify cache', () => {
  it('reads a key once for any number of parallel callers', async () => {
    const { cache, clock, reads } = aCache();
    const waiting = Promise.all([cache.load('k'), cache.load('k'), cache.load('k')]);
    reads[0]?.answer(row('k'));
    expect((await waiting).map((prepared) => prepared?.caller.keyId)).toEqual(['k', 'k', 'k']);
    expect(reads).toHaveLength(1);
    expect(cache.peek('k', clock.now())?.caller.keyId).toBe('k');
  });

  it('believes a key five seconds from when its read began, not from when it ended', async () => {
    const { cache, clock, reads } = aCache();
    const loading = cache.load('k');
    clock.advance(2_000);
    reads[0]?.answer(row('k'));
    await loading;
    clock.advance(verifyCacheTtlMs - 2_001);
    expect(cache.peek('k', clock.now())).toBeDefined();
    clock.advance(1);
    expect(cache.peek('k', clock.now())).toBeUndefined();
  });

  it('does not keep, nor share with later callers, a read that began before an invalidation', async () => {
    const { cache, clock, reads } = aCache();
    const early = cache.load('k');
    cache.invalidate({ of: 'key', tenantId: 'acme', id: 'k' });
    const late = cache.load('k');
    reads[0]?.answer(row('k'));
    await early;
    expect(cache.peek('k', clock.now())).toBeUndefined();
    reads[1]?.answer(undefined);
    expect(await late).toBeUndefined();
    expect(cache.peek('k', clock.now())).toBeNull();
  });

  it.each([
    { of: 'key', tenantId: 'acme', id: 'k' },
    { of: 'subscription', tenantId: 'acme', id: 's' },
    { of: 'user', tenantId: 'acme', id: 'alice' },
    { of: 'secret', keyHash: 'k' },
  ] as const)('forgets a key when its $of changes', async (change) => {
    const { cache, clock, reads } = aCache();
    const loading = cache.load('k');
    reads[0]?.answer(row('k'));
    await loading;
    cache.invalidate(change);
    expect(cache.peek('k', clock.now())).toBeUndefined();
  });

  it('keeps a key when the same id changes in another tenant', async () => {
    const { cache, clock, reads } = aCache();
    const loading = cache.load('k');
    reads[0]?.answer(row('k'));
    await loading;
    cache.invalidate({ of: 'key', tenantId: 'globex', id: 'k' });
    expect(cache.peek('k', clock.now())).toBeDefined();
  });

  it('remembers an unknown secret, but not for ever and not without bound', async () => {
    const { cache, clock, reads } = aCache({ unknown: 2 });
    for (const hash of ['x', 'y', 'z']) {
      const loading = cache.load(hash);
      reads.at(-1)?.answer(undefined);
      await loading;
    }
    expect(cache.peek('x', clock.now())).toBeUndefined();
    expect(cache.peek('z', clock.now())).toBeNull();
    clock.advance(verifyCacheTtlMs);
    expect(cache.peek('z', clock.now())).toBeUndefined();
  });

  it('does not let a caller join a read that hangs since before the hard bound', async () => {
    const { cache, clock, reads } = aCache();
    const hanging = cache.load('k');
    clock.advance(verifyCacheTtlMs);
    const late = cache.load('k');
    expect(reads).toHaveLength(2);
    reads[1]?.answer(undefined);
    expect(await late).toBeUndefined();
    reads[0]?.answer(row('k'));
    await hanging;
  });

  it('does not remember a read that failed', async () => {
    const { cache, clock, reads } = aCache();
    const loading = cache.load('k');
    reads[0]?.fail(new Error('down'));
    await expect(loading).rejects.toThrow('down');
    expect(cache.peek('k', clock.now())).toBeUndefined();
    const again = cache.load('k');
    reads[1]?.answer(row('k'));
    expect((await again)?.caller.keyId).toBe('k');
  });

  it('does not believe an entry from the future when the clock was set back', async () => {
    const { cache, clock, reads } = aCache();
    const loading = cache.load('k');
    reads[0]?.answer(row('k'));
    await loading;
    expect(cache.peek('k', clock.now() - 1)).toBeUndefined();
  });
});
