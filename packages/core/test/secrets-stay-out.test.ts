import { inspect } from 'node:util';
import { type Logger, splitSecret } from '@keywright/core';
import { expect, it } from 'vitest';
import { alice, aWorld, dana } from './world.ts';

/** Collects everything that is logged. */
function aLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, fields?: Record<string, unknown>) =>
    void lines.push(inspect({ message, fields }, { depth: 9 }));
  return { lines, logger: { debug: write, info: write, warn: write, error: write } };
}

it('no log line, error, audit entry, row or view ever holds a secret', async () => {
  const { logger, lines } = aLogger();
  const { keywright, storage, litellm, clock } = await aWorld({ logger });
  const { apiKey, secret } = await keywright.keys.create(alice, { name: 'laptop' });
  const seen: unknown[] = [apiKey, secret, String(secret), { secret }];
  const note = (error: unknown) => void seen.push(error, inspect(error, { depth: 9, showHidden: true }));

  await keywright.keys.create(alice, { name: secret.reveal(), models: [secret.reveal()] }).catch(note);
  await keywright.keys.create(alice, { name: 'x', [secret.reveal()]: 1 }).catch(note);
  await keywright.keys.create(alice, { name: `key ${secret.reveal()}` }).catch(note);
  await keywright.keys.update(alice, apiKey.id, { tpmLimit: -1, expiresAt: secret.reveal() }).catch(note);
  await keywright.keys.get(alice, secret.reveal()).catch(note);
  litellm.upstream.failNext('createKey', 'refused');
  await keywright.keys.create(alice, { name: 'refused' }).catch(note);
  litellm.upstream.isDown = true;
  await keywright.keys.create(alice, { name: 'down' }).catch(note);
  await keywright.keys.delete(alice, apiKey.id).catch(note);
  clock.advance(600_000);
  await keywright.sync.runDue();
  await keywright.close();

  seen.push(await storage.audit.list('acme', {}, { limit: 100 }), await storage.keys.list('acme', {}, { limit: 100 }));
  seen.push(await storage.syncTasks.list('acme', { limit: 100 }), await keywright.audit.list(dana, {}, { limit: 100 }));
  const everything = [...lines, inspect(seen, { depth: 9, showHidden: true }), JSON.stringify(seen, bigintAsText)].join(
    '\n',
  );
  const randomPart = secret.reveal().slice(splitSecret(secret.reveal())?.randomStart);
  expect(everything).toContain(secret.prefix); // what is looked through is the real thing
  expect(lines.length).toBeGreaterThan(0);
  expect(everything).not.toContain(randomPart.slice(4));
});

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
