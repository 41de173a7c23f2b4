import type { AuditFilter } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { anId, aTenant, newAuditEntry } from './builders.ts';
import { nastyTexts, readAll } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

/** What every `AuditStore` promises. */
export function auditStoreContract(fixture: StorageFixture): void {
  const audit = () => fixture.storage.audit;
  const idsOf = async (tenantId: string, filter: AuditFilter) =>
    (await audit().list(tenantId, filter, { limit: 100 })).items.map((entry) => entry.id);

  describe('append', () => {
    it('keeps an entry as it was given, and adds its time', async () => {
      const tenantId = aTenant();
      const entry = newAuditEntry(tenantId, {
        actorId: nastyTexts[0] ?? '',
        actorRoles: ['admin', ...nastyTexts],
        before: { deep: { list: [1, null, { 'ü"': '🦊' }], empty: {} }, money: '0.000000001' },
        after: { '': [], no: false, zero: 0, nothing: null },
        metadata: { texts: [...nastyTexts] },
        requestId: 'request-1',
        ipAddress: '2001:db8::1',
        userAgent: `agent/1.0 ("x'y")`,
      });
      await audit().append(tenantId, entry);
      const { items } = await audit().list(tenantId, {}, { limit: 10 });
      expect(items).toEqual([{ ...entry, createdAt: expect.any(Date) }]);
    });

    it('needs no tenant, user or key that still exists', async () => {
      const tenantId = aTenant();
      await audit().append(tenantId, newAuditEntry(tenantId, { resourceType: 'user', resourceId: "gone's user" }));
      expect(await idsOf(tenantId, { resourceId: "gone's user" })).toHaveLength(1);
    });
  });

  describe('list', () => {
    it('filters by each field, and by all together', async () => {
      const tenantId = aTenant();
      const wanted = newAuditEntry(tenantId, {
        actorId: 'bob',
        action: 'SUBSCRIPTION_UPDATE',
        resourceType: 'subscription',
      });
      const other = newAuditEntry(tenantId);
      for (const entry of [wanted, other]) await audit().append(tenantId, entry);
      const { actorId, action, resourceType, resourceId } = wanted;
      for (const filter of [{ actorId }, { action }, { resourceType }, { resourceId }]) {
        expect(await idsOf(tenantId, filter)).toEqual([wanted.id]);
      }
      expect(await idsOf(tenantId, { actorId, action, resourceType, resourceId })).toEqual([wanted.id]);
      expect(await idsOf(tenantId, { actorId, action: other.action })).toEqual([]);
      expect(await idsOf(tenantId, { actorId: undefined })).toHaveLength(2);
    });

    it('reads `from` as from this moment on and `to` as before it', async () => {
      const tenantId = aTenant();
      const entry = newAuditEntry(tenantId);
      await audit().append(tenantId, entry);
      const at = new Date('2020-05-05T05:05:05.005Z');
      await fixture.outside.setCreatedAt('audit', tenantId, entry.id, at);
      const later = new Date(at.getTime() + 1);
      expect(await idsOf(tenantId, { from: at })).toEqual([entry.id]);
      expect(await idsOf(tenantId, { from: later })).toEqual([]);
      expect(await idsOf(tenantId, { to: at })).toEqual([]);
      expect(await idsOf(tenantId, { from: at, to: later })).toEqual([entry.id]);
    });

    it('shows nothing to another tenant', async () => {
      const [tenantId, other] = [aTenant(), aTenant()];
      const entry = newAuditEntry(tenantId);
      await audit().append(tenantId, entry);
      expect(await idsOf(other, {})).toEqual([]);
      expect(await idsOf(other, { resourceId: entry.resourceId })).toEqual([]);
    });

    it('writes an entry for the tenant of the call, whatever the entry says', async () => {
      const [tenantId, other] = [aTenant(), aTenant()];
      await audit().append(tenantId, newAuditEntry(other));
      expect(await idsOf(other, {})).toEqual([]);
      expect(await idsOf(tenantId, {})).toHaveLength(1);
    });

    it.each([1, 2, 4])(
      'shows each of four of one moment once, in pages of %i, while others are added',
      async (limit) => {
        const tenantId = aTenant();
        const ids = Array.from({ length: 4 }, anId);
        for (const id of ids) {
          await audit().append(tenantId, newAuditEntry(tenantId, { id }));
          await fixture.outside.setCreatedAt('audit', tenantId, id, new Date('2020-01-01T00:00:00.999Z'));
        }
        const read = await readAll(
          (page) => audit().list(tenantId, {}, page),
          limit,
          () => audit().append(tenantId, newAuditEntry(tenantId)),
        );
        expect(read.map((entry) => entry.id)).toEqual(ids.sort().reverse());
      },
    );
  });
}
