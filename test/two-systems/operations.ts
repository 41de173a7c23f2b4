import { randomUUID } from 'node:crypto';
import type { Actor, ApiKeySecret, Keywright } from '@keywright/core';
import { admin } from './nodes.ts';

/** What an operation is about: a user of its own, with a subscription and a key. */
export interface Subject {
  actor: Actor;
  subscriptionId: string;
  keyId: string;
}

export interface Operation {
  /** Brings the subject to where the operation begins. */
  prepare?: (node: Keywright, subject: Subject) => Promise<unknown>;
  /** What the caller asks for; resolves to the secret that he is given. */
  perform: (node: Keywright, subject: Subject) => Promise<ApiKeySecret | undefined>;
  /** LiteLLM follows by the worker, whose steps are then steps of the operation. */
  byWorker?: true;
  /** What the rows say when it took effect: SQL over key `k`, subscription `s`, user `u`; $1 is the old secret's hash. */
  tookEffect: string;
  /** Whether the key's own secret works, before and after. */
  works: { before: boolean; after: boolean };
  /** A commit whose answer is lost is not read back: who gets an error then may find it done. */
  mayStandUntold?: true;
  /** Both secrets work for a while. */
  hasGrace?: true;
  /** A later change that takes the operation back. */
  takeBack?: (node: Keywright, subject: Subject) => Promise<unknown>;
}

const none = async (work: Promise<unknown>): Promise<undefined> => void (await work);
const stays = { before: true, after: true };
const ends = { before: true, after: false };
const begins = { before: false, after: true };
const updateSubscription = (
  node: Keywright,
  { subscriptionId }: Subject,
  change: Parameters<Keywright['subscriptions']['update']>[2],
) => none(node.subscriptions.update(admin, subscriptionId, change));
const both = ['gpt-4o-mini', 'gpt-4o'];

/** Everything that changes a key in both systems. */
export const operations: Record<string, Operation> = {
  create: {
    perform: async (node, { actor, subscriptionId }) =>
      (await node.keys.create(actor, { name: 'a new key', subscriptionId })).secret,
    tookEffect: "exists (select from keywright.api_keys n where n.user_id = u.id and n.name = 'a new key')",
    works: stays,
  },
  'create, and bring the user up to date': {
    // not followed yet, so that the creation does it on its way
    prepare: (node, { actor }) => node.users.update(admin, actor.userId, { tpmLimit: 1_000 }),
    perform: async (node, { actor, subscriptionId }) =>
      (await node.keys.create(actor, { name: 'a new key', subscriptionId })).secret,
    tookEffect: "exists (select from keywright.api_keys n where n.user_id = u.id and n.name = 'a new key')",
    works: stays,
  },
  update: {
    perform: (node, { actor, keyId }) =>
      none(node.keys.update(actor, keyId, { tpmLimit: 100, models: ['gpt-4o-mini'] })),
    tookEffect: 'k.tpm_limit = 100',
    works: stays,
    takeBack: (node, { actor, keyId }) => node.keys.update(actor, keyId, { tpmLimit: null, models: null }),
  },
  'rotate with a grace period': {
    perform: async (node, { actor, keyId }) => (await node.keys.rotate(actor, keyId)).secret,
    tookEffect: "encode(k.key_hash, 'hex') <> $1",
    works: stays,
    hasGrace: true,
  },
  'rotate at once': {
    perform: async (node, { actor, keyId }) => (await node.keys.rotate(actor, keyId, { gracePeriodSeconds: 0 })).secret,
    tookEffect: "encode(k.key_hash, 'hex') <> $1",
    works: ends,
  },
  delete: {
    perform: (node, { actor, keyId }) => none(node.keys.delete(actor, keyId)),
    tookEffect: 'k.id is null',
    works: ends,
  },
  block: {
    perform: (node, { actor, keyId }) => none(node.keys.block(actor, keyId)),
    tookEffect: 'not k.is_active',
    works: ends,
    takeBack: (node, { actor, keyId }) => node.keys.unblock(actor, keyId),
  },
  unblock: {
    prepare: (node, { actor, keyId }) => node.keys.block(actor, keyId),
    perform: (node, { actor, keyId }) => none(node.keys.unblock(actor, keyId)),
    tookEffect: 'k.is_active',
    works: begins,
    takeBack: (node, { actor, keyId }) => node.keys.block(actor, keyId),
  },
  'suspend the subscription': {
    perform: (node, subject) => updateSubscription(node, subject, { status: 'suspended' }),
    byWorker: true,
    tookEffect: "s.status = 'suspended'",
    works: ends,
    mayStandUntold: true,
    takeBack: (node, subject) => updateSubscription(node, subject, { status: 'active' }),
  },
  'reactivate the subscription': {
    async prepare(node, subject) {
      await updateSubscription(node, subject, { status: 'suspended' });
      await node.sync.runDue();
    },
    perform: (node, subject) => updateSubscription(node, subject, { status: 'active' }),
    byWorker: true,
    tookEffect: "s.status = 'active'",
    works: begins,
    mayStandUntold: true,
    takeBack: (node, subject) => updateSubscription(node, subject, { status: 'suspended' }),
  },
  'narrow the subscription': {
    perform: (node, subject) => updateSubscription(node, subject, { models: ['gpt-4o-mini'], tpmLimit: 50 }),
    byWorker: true,
    tookEffect: 's.tpm_limit = 50',
    works: stays,
    mayStandUntold: true,
    takeBack: (node, subject) => updateSubscription(node, subject, { models: both, tpmLimit: null }),
  },
  'cancel the subscription': {
    perform: (node, subject) => updateSubscription(node, subject, { status: 'cancelled' }),
    byWorker: true,
    tookEffect: "s.status = 'cancelled'",
    works: ends,
    mayStandUntold: true,
  },
  'deactivate the user': {
    perform: (node, { actor }) => none(node.users.update(admin, actor.userId, { isActive: false })),
    byWorker: true,
    tookEffect: 'not u.is_active',
    works: ends,
    mayStandUntold: true,
    takeBack: (node, { actor }) => node.users.update(admin, actor.userId, { isActive: true }),
  },
};

export function operationNamed(name: string): Operation {
  const found = operations[name];
  if (!found) throw new Error(`There is no operation ${name}.`);
  return found;
}

/** A subject that both systems agree on, and the secret of its key. */
export async function aSubject(node: Keywright): Promise<{ subject: Subject; old: ApiKeySecret }> {
  const actor: Actor = { tenantId: admin.tenantId, userId: `user-${randomUUID()}`, roles: ['user'] };
  const subscription = await node.subscriptions.create(admin, { userId: actor.userId, models: both });
  const { apiKey, secret } = await node.keys.create(actor, { name: 'an old key' });
  await node.sync.runDue();
  return { subject: { actor, subscriptionId: subscription.id, keyId: apiKey.id }, old: secret };
}
