import { aTenant, FixedClock, newAuditEntry } from '@keywright/core/testing';
import { createPostgresStorage, migrate, purgeAuditLogs } from '@keywright/postgres-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

describeDrivers('the audit log', (open) => {
  let database: OpenedDatabase;
  const clock = new FixedClock();
  const storage = () => createPostgresStorage({ ...database.client, clock });
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
  });
  afterAll(() => database.close());

  const firstPage = { limit: 100 };
  const idsOf = async (tenantId: string) =>
    (await storage().audit.list(tenantId, {}, firstPage)).items.map(({ id }) => id);
  const append = async (tenantId: string, at: string) => {
    clock.set(at);
    const entry = newAuditEntry(tenantId);
    await storage().audit.append(tenantId, entry);
    return entry.id;
  };

  describe('refuses', () => {
    let tenantId: string;
    beforeEach(async () => {
      tenantId = aTenant();
      await append(tenantId, '2030-01-01');
    });

    it.each([
      ['UPDATE', `update keywright.audit_logs set actor_id = 'nobody'`],
      ['UPDATE', `update keywright.audit_logs set actor_id = actor_id`],
      ['DELETE', 'delete from keywright.audit_logs'],
      ['TRUNCATE', 'truncate keywright.audit_logs'],
      ['TRUNCATE', 'truncate keywright.tenants, keywright.audit_logs cascade'],
    ])('%s, and says why and what to do: %s', async (operation, statement) => {
      const before = await idsOf(tenantId);
      await expect(database.run(statement)).rejects.toMatchObject({
        code: '42501',
        message: `audit_logs is append only: ${operation} is refused`,
        hint: expect.stringContaining('purgeAuditLogs'),
      });
      expect(await idsOf(tenantId)).toEqual(before);
      expect(before).toHaveLength(1);
    });

    it('nothing that is appended', async () => {
      const id = await append(tenantId, '2030-01-02');
      expect(await idsOf(tenantId)).toContain(id);
    });

    it('a change or a truncation also while a purge runs', async () => {
      const purging = `with purging as (select set_config('keywright.audit_retention', 'on', true) as mode)`;
      const update = `${purging} update keywright.audit_logs set actor_id = mode from purging`;
      await expect(database.run(update)).rejects.toMatchObject({ code: '42501' });
    });
  });

  describe('is purged', () => {
    it('of what was written before a moment, in every tenant, and of nothing else', async () => {
      const [one, other] = [aTenant(), aTenant()];
      await append(one, '2020-01-01T00:00:00.000Z');
      await append(other, '2020-01-01T00:00:00.998Z');
      const kept = [await append(one, '2020-01-01T00:00:00.999Z'), await append(other, '2021-01-01')];
      const before = new Date('2020-01-01T00:00:00.999Z');
      expect(await purgeAuditLogs({ ...database.client, before })).toEqual({ removed: 2 });
      expect([...(await idsOf(one)), ...(await idsOf(other))]).toEqual(kept);
      expect(await purgeAuditLogs({ ...database.client, before })).toEqual({ removed: 0 });
    });

    it('and refuses as before afterwards', async () => {
      const tenantId = aTenant();
      await append(tenantId, '2030-01-01');
      await purgeAuditLogs({ ...database.client, before: new Date('2000-01-01') });
      await expect(database.run('delete from keywright.audit_logs')).rejects.toMatchObject({ code: '42501' });
    });

    it('of a large table batch by batch, can be ended between two, and goes on where it was', async () => {
      await purgeAuditLogs({ ...database.client, before: new Date('2100-01-01') });
      const many = 20_000;
      await database.run(
        `insert into keywright.audit_logs (tenant_id, id, actor_id, actor_roles, action, resource_type, resource_id, created_at)
          select 't', gen_random_uuid(), 'alice', '{user}', 'API_KEY_CREATE', 'api_key', 'k', '2019-01-01'
          from generate_series(1, $1)`,
        [many],
      );
      const ended = new AbortController();
      const told: number[] = [];
      const onProgress = ({ removed }: { removed: number }) => {
        told.push(removed);
        ended.abort(new Error('the operator went home'));
      };
      const before = new Date('2019-01-02');
      const { signal } = ended;
      await expect(purgeAuditLogs({ ...database.client, before, signal, onProgress })).rejects.toThrow('went home');
      expect(told).toHaveLength(1);
      const [first = 0] = told;
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThan(many);
      expect(await purgeAuditLogs({ ...database.client, before })).toEqual({ removed: many - first });
    });

    it('of nothing when the moment is none', async () => {
      await expect(purgeAuditLogs({ ...database.client, before: new Date('soon') })).rejects.toMatchObject({
        code: 'validation_failed',
        message: expect.stringContaining('before'),
      });
    });

    it('in a schema of another name', async () => {
      const schema = 'elsewhere';
      await migrate({ ...database.client, schema }).up();
      const other = createPostgresStorage({ ...database.client, schema, clock });
      await other.audit.append('t', newAuditEntry('t'));
      await expect(database.run(`truncate ${schema}.audit_logs`)).rejects.toMatchObject({ code: '42501' });
      expect(await purgeAuditLogs({ ...database.client, schema, before: new Date('2100-01-01') })).toEqual({
        removed: 1,
      });
    });
  });
});
