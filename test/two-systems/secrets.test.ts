import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { type Finding, type Keywright, splitSecret } from '@keywright/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from './nodes.ts';
import { actor, admin, openWorld, operator, type World, workerFinishes } from './world.ts';

let world: World;
let proxy: Server;
/** A node between which and LiteLLM stands somebody who says everything back that he is told. */
let node: Keywright;
let echo: { route: string; status: number } | undefined;

beforeAll(async () => {
  world = await openWorld();
  proxy = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const body = await text(request);
    if (echo && url.startsWith(echo.route)) {
      const said = `cannot do ${body} for ${request.headers.authorization}`;
      response.writeHead(echo.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: said, type: 'bad_request_error', param: said, code: '400' } }));
      return;
    }
    const headers = { authorization: String(request.headers.authorization), 'content-type': 'application/json' };
    const answer = await fetch(world.running.url + url, { method, headers, ...(body && { body }) });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const { mirror } = connect({ url: `http://127.0.0.1:${port}`, masterKey: world.running.masterKey });
  const createKey: typeof mirror.createKey = (key, secret, signal) => {
    world.minted.add(secret.reveal());
    return mirror.createKey(key, secret, signal);
  };
  node = world.another({ mirror: { ...mirror, createKey } });
});
afterAll(async () => {
  await node?.close();
  proxy?.close();
  await world?.close();
});

/** Everything that is in the database, as text. */
async function databaseText(): Promise<string> {
  const { rows: tables } = await world.pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'keywright'",
  );
  const texts = tables.map(async ({ name }) => {
    const { rows } = await world.pool.query<{ text: string | null }>(
      `select string_agg(t::text, ' ') as text from keywright."${name}" t`,
    );
    return rows[0]?.text ?? '';
  });
  return (await Promise.all(texts)).join('\n');
}

it('no log line, error, row, sync error, finding or address ever holds a secret, though LiteLLM says each back', async () => {
  const seen: unknown[] = [];
  const note = (what: unknown) => void seen.push(what, inspect(what, { depth: 9, showHidden: true }));
  const { apiKey } = await node.keys.create(actor, { name: 'a key' });
  for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 503]) {
    echo = { route: '/key/generate', status };
    await node.keys.create(actor, { name: 'refused' }).then(note, note);
    await node.keys.rotate(actor, apiKey.id, { gracePeriodSeconds: 0 }).then(note, note);
    for (const route of ['/key/update', '/key/block', '/key/info', '/key/list', '/key/']) {
      echo = { route, status };
      await node.keys.update(actor, apiKey.id, { tpmLimit: status }).then(note, note);
      await node.keys.block(admin, apiKey.id, { of: 'tenant' }).then(note, note);
      await node.keys.unblock(admin, apiKey.id, { of: 'tenant' }).then(note, note);
      await node.sync.runDue();
      await node.reconcile.run(operator, { graceMs: 0, onFinding: note }).then(note, note);
    }
    echo = undefined;
    await node.sync.retry(admin, 'key', apiKey.id).catch(note);
    await workerFinishes(world);
  }
  note((await node.sync.list(admin, { limit: 50 })).items);
  echo = { route: '/key/', status: 400 };
  await node.keys.delete(actor, apiKey.id).then(note, note);
  await node.sync.runDue();
  note((await node.sync.list(admin, { limit: 50 })).items);
  echo = undefined;
  const findings: Finding[] = [];
  await node.reconcile.run(operator, { graceMs: 0, onFinding: (finding) => findings.push(finding) }).then(note);
  note(findings);
  note(world.running.standIn.calls.map((call) => call.path));

  const everything = [...world.logged, ...seen.map((what) => String(what)), await databaseText()].join('\n');
  expect(everything).toContain('cannot do'); // what LiteLLM said came through
  expect(world.logged.length).toBeGreaterThan(0);
  expect(world.minted.size).toBeGreaterThan(9);
  for (const secret of world.minted) {
    const random = secret.slice((splitSecret(secret)?.randomStart ?? 0) + 4); // the first four are shown on purpose
    expect(everything.includes(random)).toBe(false);
  }
  expect(everything).not.toContain(world.running.masterKey);
});
