import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actor, expectEqual, expectWorks, listedKeys, openWorld, type World, workerFinishes } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

const script = fileURLToPath(new URL('./crashing-process.ts', import.meta.url));
const run = promisify(execFile);

interface Told {
  given?: string;
  deleted?: boolean;
  points: number;
}

/** Runs an operation in a process of its own that dies at a point; what its caller was told before, if anything. */
async function crashAt(point: number, operation: 'create' | 'delete', keyId = ''): Promise<Told | undefined> {
  const { url, masterKey } = world.running;
  const args = [
    '--conditions=@keywright/source',
    script,
    operation,
    String(point),
    world.databaseUrl,
    url,
    masterKey,
    keyId,
  ];
  const result = await run(process.execPath, args).catch(
    (error: { signal?: string; stderr?: string; stdout?: string }) => {
      if (error.signal !== 'SIGKILL') throw new Error(`the process failed by itself: ${error.stderr}`);
      return { stdout: error.stdout ?? '' };
    },
  );
  return result.stdout ? JSON.parse(result.stdout) : undefined;
}

it('leaves nothing that works and nobody knows, wherever a creation is killed', async () => {
  const whole = await crashAt(-1, 'create');
  if (!whole) throw new Error('the process said nothing');
  console.log(`create: killed at ${whole.points} points`);
  for (let point = 0; point < whole.points; point++) {
    const before = await listedKeys(world);
    const told = await crashAt(point, 'create');
    await workerFinishes(world);
    await expectEqual(world).catch((error) => {
      throw new Error(`killed at point ${point}`, { cause: error });
    });
    if (told?.given) await expectWorks(world, told.given, true);
    // a key whose answer was lost is listed like any other, so that its owner can delete it
    expect((await listedKeys(world)).length - before.length).toBeLessThanOrEqual(1);
  }
}, 180_000);

it('finishes a deletion, or never began it, wherever it is killed', async () => {
  const first = await world.keywright.keys.create(actor, { name: 'the first' });
  const whole = await crashAt(-1, 'delete', first.apiKey.id);
  if (!whole) throw new Error('the process said nothing');
  console.log(`delete: killed at ${whole.points} points`);
  for (let point = 0; point < whole.points; point++) {
    const { apiKey, secret } = await world.keywright.keys.create(actor, { name: `killed at ${point}` });
    const told = await crashAt(point, 'delete', apiKey.id);
    await workerFinishes(world);
    await expectEqual(world).catch((error) => {
      throw new Error(`killed at point ${point}`, { cause: error });
    });
    const isListed = (await listedKeys(world)).includes(apiKey.id);
    if (told?.deleted) expect(isListed).toBe(false);
    await expectWorks(world, secret.reveal(), isListed);
  }
}, 180_000);
