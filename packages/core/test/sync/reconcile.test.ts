import { type Finding, isKeywrightError, type ReconcileOptions } from '@keywright/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { alice, auditor, aWorld, type CoreWorld, dana, olga } from '../world.ts';

let world: CoreWorld;
beforeEach(async () => {
  world = await aWorld();
});

const second = 1_000;

async function reconcile(options: ReconcileOptions = {}) {
  const findings: Finding[] = [];
  const run = await world.keywright.reconcile.run(olga, { ...options, onFinding: (finding) => findings.push(finding) });
  return { run, findings };
}

async function aKey(fields: object = {}) {
  const { apiKey, secret } = await world.keywright.keys.create(alice, { name: 'laptop', ...fields });
  return { id: apiKey.id, hash: secret.hash, secret: secret.reveal() };
}

function heldOrThrow(hash: string) {
  const held = world.litellm.upstream.key(hash);
  if (!held) throw new Error('LiteLLM should hold the key');
  return held;
}

/** What LiteLLM holds of a key, changed by somebody else. */
function tamper(hash: string, change: object): void {
  world.litellm.upstream.putKey({ ...heldOrThrow(hash), ...change });
}

/** A key under our namespace that we do not know, unless `change` says otherwise. */
function anOrphan(hash: string, change: object): void {
  const [held] = world.litellm.upstream.keys();
  if (!held) throw new Error('LiteLLM should hold a key');
  world.litellm.upstream.putKey({ ...held, keyHash: hash, alias: `keywright/${hash}/1`, ...change });
}

const old = () => world.clock.advance(601 * second);

describe('comparing', () => {
  it('finds nothing where both systems are equal, and notes that it looked', async () => {
    await aKey();
    await aKey();
    old();
    const { run, findings } = await reconcile();
    expect(findings).toEqual([]);
    expect(run).toMatchObject({ outcome: 'equal', repair: false, counts: { compared: 2, skipped: 0 } });
    expect(await world.keywright.reconcile.last(olga)).toEqual(run);
    expect(await world.keywright.sync.lastReconcile(dana)).toEqual({
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      repair: false,
      outcome: 'equal',
    });
  });

  it('tells what is missing, what is an orphan, what drifted and in which fields, and where calls went past us', async () => {
    const [missing, drifted, spending] = [await aKey(), await aKey({ tpmLimit: 5 }), await aKey()];
    anOrphan('ee'.repeat(32), { metadata: { managed_by: 'keywright', tenant_id: 'acme', key_id: 'gone' } });
    anOrphan('dd'.repeat(32), { metadata: {}, alias: 'keywright/by-its-alias-alone/1' });
    anOrphan('bb'.repeat(32), { alias: 'by its metadata alone' });
    anOrphan('cc'.repeat(32), { metadata: {}, alias: "somebody else's" });
    world.litellm.upstream.removeKey(missing.hash);
    tamper(drifted.hash, { tpmLimit: 500, blocked: true, models: ['gpt-a'] });
    tamper(spending.hash, { spend: 3_000_000_000n });
    old();
    const { run, findings } = await reconcile();
    expect(findings.toSorted((a, b) => (a.keyHash < b.keyHash ? -1 : 1))).toEqual(
      [
        { kind: 'missing', ...subject(missing) },
        { kind: 'drifted', fields: ['blocked', 'models', 'tpmLimit'], ...subject(drifted) },
        { kind: 'spend', inLiteLlm: 3_000_000_000n, inLedger: 0n, ...subject(spending) },
        {
          kind: 'orphan',
          keyHash: 'ee'.repeat(32),
          alias: `keywright/${'ee'.repeat(32)}/1`,
          tenantId: 'acme',
          keyId: 'gone',
        },
      ].toSorted((a, b) => (a.keyHash < b.keyHash ? -1 : 1)),
    );
    expect(run).toMatchObject({
      outcome: 'different',
      counts: { missing: 1, orphan: 1, drifted: 1, spend: 1, repaired: 0 },
    });
    expect(world.litellm.upstream.keys().length).toBe(6); // nothing was touched
  });

  const subject = (key: { id: string; hash: string; secret: string }) => ({
    tenantId: 'acme',
    userId: 'alice',
    keyId: key.id,
    keyPrefix: expect.stringMatching(/^sk-kw_/),
    keyHash: key.hash,
  });

  it('leaves alone what is too young to be judged, and what has a task already', async () => {
    const missing = await aKey();
    await aKey();
    old();
    world.litellm.upstream.removeKey(missing.hash);
    anOrphan('ee'.repeat(32), { createdAt: new Date(world.clock.now()) });
    await world.storage.syncTasks.mark('acme', 'key', missing.id);
    expect((await reconcile()).run.counts).toMatchObject({ compared: 1, skipped: 2, missing: 0, orphan: 0 });
    expect((await reconcile({ graceMs: 0 })).findings).toMatchObject([{ kind: 'orphan' }]);
  });

  it('leaves a key that was just changed alone', async () => {
    const key = await aKey();
    tamper(key.hash, { tpmLimit: 7 });
    expect((await reconcile()).run.counts).toMatchObject({ skipped: 1, drifted: 0 });
    old();
    expect((await reconcile()).run.counts).toMatchObject({ skipped: 0, drifted: 1 });
  });

  it('believes no list: what a look at the one key does not confirm is no finding', async () => {
    const key = await aKey();
    await aKey();
    old();
    const [held] = world.litellm.upstream.keys().filter(({ keyHash }) => keyHash === key.hash);
    const { listKeys } = world.litellm.mirror;
    world.litellm.mirror.listKeys = async function* (signal) {
      for await (const page of listKeys.call(world.litellm.mirror, signal)) {
        yield page.filter(({ keyHash }) => keyHash !== held?.keyHash); // passed over
      }
    };
    expect((await reconcile()).findings).toEqual([]);
  });

  it('takes no key for an orphan that was made while the lists were read', async () => {
    await aKey();
    old();
    world.storage.unscoped.walkSecrets = async () => [];
    expect((await reconcile({ graceMs: 0 })).findings).toEqual([]);
  });

  it.each([
    [10_000_000n, 0n, 0],
    [10_000_001n, 0n, 1],
    [10_100_000_000n, 10_000_000_000n, 0],
    [10_200_000_000n, 10_000_000_000n, 1],
    [0n, 10_000_000_000n, 0],
  ])('LiteLLM having counted %i nano-USD and our ledger %i gives %i findings', async (inLiteLlm, inLedger, count) => {
    const key = await aKey();
    const walk = world.storage.unscoped.walkSecrets.bind(world.storage.unscoped);
    const source = world.storage.keys.mirrorSource.bind(world.storage.keys);
    const spent = <T extends { key: { currentSpend: bigint } }>(row: T) => ({
      ...row,
      key: { ...row.key, currentSpend: inLedger },
    });
    world.storage.unscoped.walkSecrets = async (...args) => (await walk(...args)).map(spent);
    world.storage.keys.mirrorSource = async (...args) => {
      const found = await source(...args);
      return found && spent(found);
    };
    tamper(key.hash, { spend: inLiteLlm });
    old();
    expect((await reconcile()).run.counts.spend).toBe(count);
  });

  it('is for operators', async () => {
    for (const actor of [alice, dana, auditor]) {
      await expect(world.keywright.reconcile.run(actor)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(world.keywright.reconcile.last(actor)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('ends when it is told to', async () => {
    await aKey();
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(world.keywright.reconcile.run(olga, { signal: aborted })).rejects.toThrow();
  });
});

describe('repairing', () => {
  it('makes LiteLLM equal, marks what is missing, deletes orphans, and finds nothing the next time', async () => {
    const [missing, drifted] = [await aKey(), await aKey({ tpmLimit: 5 })];
    anOrphan('ee'.repeat(32), {});
    world.litellm.upstream.removeKey(missing.hash);
    tamper(drifted.hash, { tpmLimit: 500 });
    old();
    const { run } = await reconcile({ repair: true });
    expect(run).toMatchObject({ outcome: 'different', counts: { missing: 1, orphan: 1, drifted: 1, repaired: 3 } });
    expect(world.litellm.upstream.keys()).toMatchObject([{ keyHash: drifted.hash, tpmLimit: 5 }]);
    expect(await world.keywright.keys.get(alice, missing.id)).toMatchObject({ syncStatus: 'unmirrored' });
    const actionsOf = async (actor: typeof dana) =>
      (await world.keywright.audit.list(actor, { actorId: 'olga' }, { limit: 10 })).items.map((entry) => entry.action);
    expect(await actionsOf(dana)).toEqual(['API_KEY_UNMIRRORED']);
    expect(await actionsOf(olga)).toEqual(['LITELLM_ORPHAN_DELETE']); // whose it claims to be is nobody's word
    old();
    expect((await reconcile()).run.outcome).toBe('equal');
  });

  it('deletes no orphans from a database that holds no key, or when there are far too many, unless told to', async () => {
    await aKey();
    for (let n = 1; n <= 11; n++) anOrphan(n.toString(16).padStart(2, '0').repeat(32), {});
    old();
    const first = await reconcile({ repair: true });
    expect(first.run).toMatchObject({
      counts: { orphan: 11, repaired: 0 },
      error: expect.stringMatching(/Orphans left alone: 11/),
    });
    expect(world.litellm.upstream.keys().length).toBe(12);
    expect((await reconcile({ repair: true, maxOrphans: 11 })).run.counts.repaired).toBe(11);
    anOrphan('ee'.repeat(32), {});
    world.storage.unscoped.walkSecrets = async () => [];
    expect((await reconcile({ repair: true })).run.counts).toMatchObject({ orphan: 1, repaired: 0 });
  });

  it('counts only what was repaired, and goes on after what LiteLLM refuses', async () => {
    const [first, second] = [await aKey({ tpmLimit: 5 }), await aKey({ tpmLimit: 5 })];
    tamper(first.hash, { tpmLimit: 500 });
    tamper(second.hash, { tpmLimit: 500 });
    anOrphan('ee'.repeat(32), {});
    old();
    world.litellm.upstream.failNext('updateKey', 'refused');
    world.litellm.upstream.failNext('deleteKey', 'refused');
    const { run } = await reconcile({ repair: true });
    expect(run).toMatchObject({ outcome: 'different', counts: { drifted: 2, orphan: 1, repaired: 1 } });
    old();
    const again = await reconcile({ repair: true }); // a task that was given up hides nothing
    expect(again.run.counts).toMatchObject({ drifted: 1, orphan: 1, repaired: 2 });
  });

  it('is not stopped by what others wrote into a key', async () => {
    const key = await aKey({ tpmLimit: 5 });
    tamper(key.hash, { tpmLimit: 500 });
    const metadata = { managed_by: 'keywright', tenant_id: 7, key_id: 'x'.repeat(40_000) };
    anOrphan('00'.repeat(32), { metadata, alias: `keywright/${'y'.repeat(40_000)}` });
    old();
    const { run, findings } = await reconcile({ repair: true });
    expect(run.counts).toMatchObject({ drifted: 1, orphan: 1, repaired: 2 });
    expect(JSON.stringify(findings).length).toBeLessThan(2_000);
  });

  it('takes no list for empty that holds only what comes last', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => aKey()));
    const hashes = keys.map(({ hash }) => hash).toSorted();
    for (const hash of hashes.slice(0, -1)) world.litellm.upstream.removeKey(hash);
    old();
    expect((await reconcile()).run).toMatchObject({ outcome: 'different', counts: { missing: 4 } });
  });

  it('repairs nothing when LiteLLM lists nothing', async () => {
    const key = await aKey();
    world.litellm.upstream.removeKey(key.hash);
    old();
    const { run } = await reconcile({ repair: true });
    expect(run).toMatchObject({
      outcome: 'failed',
      counts: { repaired: 0 },
      error: expect.stringMatching(/no key at all/),
    });
    expect(await world.keywright.keys.get(alice, key.id)).toMatchObject({ syncStatus: 'synced' });
  });

  it('repairs nothing when the list fails, however much of it was read', async () => {
    const keys = [await aKey(), await aKey(), await aKey()];
    const first = keys.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))[0];
    if (!first) throw new Error('there should be a key');
    tamper(first.hash, { tpmLimit: 9 });
    old();
    const { listKeys } = world.litellm.mirror;
    world.litellm.mirror.listKeys = async function* (signal) {
      for await (const page of listKeys.call(world.litellm.mirror, signal)) yield page.slice(0, 2);
      world.litellm.upstream.failNext('listKeys', 'unavailable');
      yield* listKeys.call(world.litellm.mirror, signal);
    };
    const { run, findings } = await reconcile({ repair: true });
    expect(findings).toMatchObject([{ kind: 'drifted' }]);
    expect(run).toMatchObject({ outcome: 'failed', counts: { repaired: 0 } });
    expect(world.litellm.upstream.key(first.hash)).toMatchObject({ tpmLimit: 9 });
  });

  it('takes a key that LiteLLM holds after all out of `unmirrored`', async () => {
    const key = await aKey();
    const held = heldOrThrow(key.hash);
    world.litellm.upstream.removeKey(key.hash);
    await world.storage.syncTasks.mark('acme', 'key', key.id);
    await world.keywright.sync.runDue();
    world.litellm.upstream.putKey(held);
    old();
    expect((await reconcile({ repair: true })).findings).toMatchObject([{ kind: 'drifted', fields: ['syncStatus'] }]);
    expect(await world.keywright.keys.get(alice, key.id)).toMatchObject({ syncStatus: 'synced' });
  });

  it('throws when the database is gone, rather than call the two systems different', async () => {
    await aKey();
    const broken = new Error('gone');
    world.storage.unscoped.walkSecrets = () => Promise.reject(broken);
    const error = await world.keywright.reconcile.run(olga).catch((thrown: unknown) => thrown);
    expect(error).toBe(broken);
    expect(isKeywrightError(error)).toBe(false);
  });
});
