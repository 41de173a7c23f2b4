import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedRows } from '../../src/database/sorted-rows.ts';
import { bench, sha256 } from '../support/client.ts';

it('sorted rows stay sorted whatever is added and deleted', () => {
  const changes = fc.array(fc.record({ add: fc.boolean(), at: fc.nat(5), id: fc.nat(20) }));
  fc.assert(
    fc.property(changes, (steps) => {
      const compare = (a: Row, b: Row) => a.at - b.at || a.id - b.id;
      const [table, sorted] = [new Map<string, Row>(), new SortedRows<Row>(compare)];
      for (const { add, at, id } of steps) {
        const old = table.get(String(id));
        if (add && !old) {
          const row = { at, id };
          table.set(String(id), row);
          sorted.add(row);
        } else if (!add && old) {
          table.delete(String(id));
          sorted.delete(old);
        }
        expect(sorted.of(table)).toEqual([...table.values()].sort(compare));
      }
    }),
  );
});

interface Row {
  at: number;
  id: number;
}

const seeds = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    token: createHash('sha256').update(String(index)).digest('hex'),
    alias: `ns/${index}`,
    metadata: { index },
  }));

it('seeded keys are listed, found and changed like others', async () => {
  const { standIn, send } = bench();
  standIn.seedKeys(seeds(250));
  expect(standIn.keyCount).toBe(250);
  const pages = [1, 2, 3].map((page) => `GET /key/list?sort_by=created_at&sort_order=asc&size=100&page=${page}`);
  const tokens = (await Promise.all(pages.map(async (page) => (await send(page)).body.keys))).flat();
  expect(new Set(tokens)).toEqual(new Set(seeds(250).map(({ token }) => token)));
  expect((await send(`GET /key/info?key=${sha256('7')}`)).body.info).toMatchObject({ metadata: { index: 7 } });
  expect((await send('POST /key/delete', { key_aliases: ['ns/7'] })).status).toBe(200);
  expect((await send('GET /key/list?key_alias=ns/7')).body.keys).toEqual([]);
});

it('a page shows what has changed since the page before', async () => {
  const { standIn, send } = bench();
  standIn.seedKeys(seeds(3));
  const aliases = async (query: string) => (await send(`GET /key/aliases?${query}`)).body.aliases;
  expect(await aliases('search=ns/')).toEqual(['ns/0', 'ns/1', 'ns/2']);
  await send('POST /key/update', { key: sha256('1'), key_alias: 'other' });
  expect(await aliases('search=ns/')).toEqual(['ns/0', 'ns/2']);
  const blocked = async () => (await send('GET /key/list?status=revoked')).body.keys;
  expect(await blocked()).toEqual([]);
  await send('POST /key/block', { key: sha256('1') });
  expect(await blocked()).toEqual([sha256('1')]);
});

it('keys that come and go between two pages are on and off the next one', async () => {
  const { standIn, send, newKey } = bench();
  standIn.seedKeys(seeds(3));
  const listed = async () => new Set((await send('GET /key/list')).body.keys);
  expect(await listed()).toEqual(new Set(seeds(3).map(({ token }) => token)));
  await send('POST /key/delete', { keys: [sha256('1')] });
  const made = sha256(await newKey());
  expect(await listed()).toEqual(new Set([sha256('0'), sha256('2'), made]));
});

it('a seed that is no hash, or there already, is refused and nothing is stored', () => {
  const { standIn } = bench();
  const [seed] = seeds(1);
  expect(() => standIn.seedKeys([...seeds(1), { token: 'sk-secret' }])).toThrow(/64 hex digits/);
  expect(() => standIn.seedKeys([...seeds(1), ...seeds(1)])).toThrow(`the key ${seed?.token} is there already`);
  expect(standIn.keyCount).toBe(0);
});
