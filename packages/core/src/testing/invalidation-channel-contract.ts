import type { Invalidation, InvalidationChannel } from '@keywright/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aTenant } from './builders.ts';

/** Nodes that are told of each other's changes. */
export interface OpenedChannel {
  /** The channel as one more node has it. */
  node(): InvalidationChannel;
  /** Cuts the connections of every node that listens. Nodes connect again by themselves. */
  interrupt(): Promise<void>;
  close(): Promise<void>;
}

interface Heard {
  changes: Invalidation[];
  gaps: number;
  stop(): Promise<void>;
}

/** What every `InvalidationChannel` promises. Waits for conditions, so it needs a channel whose clock runs. */
export function describeInvalidationChannel(name: string, open: () => Promise<OpenedChannel>): void {
  describe(`${name}: invalidation channel`, () => {
    let opened: OpenedChannel;
    let listening: Heard[] = [];
    beforeAll(async () => {
      opened = await open();
    }, 120_000);
    afterEach(async () => {
      for (const heard of listening) await heard.stop();
      listening = [];
    });
    afterAll(() => opened?.close());

    const listen = async (channel: InvalidationChannel): Promise<Heard> => {
      const heard: Heard = { changes: [], gaps: 0, stop: async () => {} };
      heard.stop = await channel.listen({
        onInvalidation: (change) => heard.changes.push(change),
        onGap: () => heard.gaps++,
      });
      listening.push(heard);
      return heard;
    };
    const eventually = (look: () => unknown) => expect.poll(look, { timeout: 30_000, interval: 10 });
    const aChange = (): Invalidation => ({ of: 'tenant', tenantId: aTenant() });

    it('tells every node of a change, the one that made it included', async () => {
      const [one, other] = [opened.node(), opened.node()];
      const heard = [await listen(one), await listen(other)];
      const change = aChange();
      await one.publish(change);
      for (const { changes } of heard) await eventually(() => changes).toEqual([change]);
    });

    it.each<[string, Invalidation]>([
      ['a key', { of: 'key', tenantId: 'tenant', id: 'key' }],
      ['a subscription', { of: 'subscription', tenantId: 'tenant', id: 'subscription' }],
      ['a user', { of: 'user', tenantId: 'tenant', id: 'user' }],
      ['a tenant', { of: 'tenant', tenantId: 'tenant' }],
      ['names of any characters', { of: 'user', tenantId: `'";\\ \n\0\ud800`, id: 'ünïcödé 🔑' }],
      ['the longest names', { of: 'user', tenantId: '中'.repeat(300), id: '🔑'.repeat(150) }],
    ])('hands on as it was told: %s', async (_, change) => {
      const heard = await listen(opened.node());
      await opened.node().publish(change);
      await eventually(() => heard.changes).toEqual([change]);
    });

    it('tells in the order in which a node told', async () => {
      const heard = await listen(opened.node());
      const changes = Array.from({ length: 50 }, aChange);
      const node = opened.node();
      for (const change of changes) await node.publish(change);
      await eventually(() => heard.changes.length).toBe(50);
      expect(heard.changes).toEqual(changes);
    });

    it('tells of no gap while there is none', async () => {
      const heard = await listen(opened.node());
      await opened.node().publish(aChange());
      await eventually(() => heard.changes.length).toBe(1);
      expect(heard.gaps).toBe(0);
    });

    it('tells every node of a gap when its connection was lost and is there again, and goes on hearing', async () => {
      const heard = [await listen(opened.node()), await listen(opened.node())];
      await opened.interrupt();
      for (const one of heard) await eventually(() => one.gaps).toBeGreaterThan(0);
      const change = aChange();
      await opened.node().publish(change);
      for (const { changes } of heard) await eventually(() => changes).toEqual([change]);
    });

    it('tells nothing more once a node has stopped listening, and the others everything', async () => {
      const node = opened.node();
      const [stopped, other] = [await listen(node), await listen(node)];
      await stopped.stop();
      await stopped.stop(); // harmless
      await node.publish(aChange());
      await eventually(() => other.changes.length).toBe(1);
      await opened.interrupt();
      await eventually(() => other.gaps).toBeGreaterThan(0);
      expect(stopped).toMatchObject({ changes: [], gaps: 0 });
    });

    it('needs nobody who listens', async () => {
      await opened.node().publish(aChange());
    });
  });
}
