import { anActiveKey, anOwner } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

describeDrivers('the step for rotation', (open) => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
  });
  afterAll(() => database.close());

  it('leaves an admin’s hold on a key that owner and admin hold blocked, when it is undone', async () => {
    const storage = createPostgresStorage(database.client);
    const owner = await anOwner(storage);
    const blocked: string[] = [];
    for (const blockedBy of ['owner', 'admin', 'both', null] as const) {
      const key = await anActiveKey(storage, owner);
      await storage.keys.update(owner.tenantId, key.id, { isActive: blockedBy === null, blockedBy });
      blocked.push(key.id);
    }
    await migrate(database.client).down({ to: 5 });
    const held = await database.run<{ id: string; by: string | null }>(
      'select id::text, blocked_by as by from keywright.api_keys order by id',
    );
    expect(held).toEqual(blocked.map((id, index) => ({ id, by: ['owner', 'admin', 'admin', null][index] })).sort(byId));
    const both = `update keywright.api_keys set blocked_by = 'both'`;
    await expect(database.run(both)).rejects.toMatchObject({ code: '23514' });
    await migrate(database.client).up();
    await database.run(both);
  });
});

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
