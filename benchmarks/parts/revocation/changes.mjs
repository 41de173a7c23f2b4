import { createOwner, request } from '../../fixtures/keys.mjs';
import { now } from '../../harness/child.mjs';

const admin = { tenantId: request.tenantId, userId: 'admin', roles: ['admin'] };
const admins = { of: 'tenant' };

/**
 * Ways to take access away. `prepare` hands back a key that works, the id of what is changed, and how its access is taken
 * away and given back; what is only blocked is used again.
 */
export const changes = [
  {
    kind: 'key deleted',
    async prepare({ here, owner }) {
      const { secret, apiKey } = await newKey(here, owner);
      return { id: apiKey.id, secret, take: () => here.keys.delete(owner, apiKey.id) };
    },
  },
  {
    kind: 'key blocked',
    prepare: once(async ({ here, owner }) => {
      const { secret, apiKey } = await newKey(here, owner);
      return {
        id: apiKey.id,
        secret,
        take: () => here.keys.block(owner, apiKey.id),
        giveBack: () => here.keys.unblock(owner, apiKey.id),
      };
    }),
  },
  {
    kind: 'user deactivated',
    prepare: once(async ({ here }) => {
      const owner = await createOwner(here, 'deactivated');
      const { secret } = await newKey(here, owner);
      const set = (isActive) => here.users.update(admin, owner.userId, { isActive }, admins);
      return { id: owner.userId, secret, take: () => set(false), giveBack: () => set(true) };
    }),
  },
  {
    kind: 'subscription suspended',
    prepare: once(async ({ here }) => {
      const owner = await createOwner(here, 'suspended');
      const { secret, apiKey } = await newKey(here, owner);
      const set = (status) => here.subscriptions.update(admin, apiKey.subscriptionId, { status }, admins);
      return { id: apiKey.subscriptionId, secret, take: () => set('suspended'), giveBack: () => set('active') };
    }),
  },
];

async function newKey(keywright, owner) {
  const { apiKey, secret } = await keywright.keys.create(owner, {
    name: 'a key',
    models: [request.model],
    permissions: [request.permission],
  });
  return { apiKey, secret: secret.reveal() };
}

function once(make) {
  let made;
  return (world) => {
    made ??= make(world);
    return made;
  };
}

/**
 * Takes a key's access away while the other node looks at it. Resolves, in milliseconds, when that refuses too, and its
 * stream, if it was told to open one, has ended.
 */
export async function revoke({ here, there, committedAt }, { id, secret, take, giveBack }, { streamAfter } = {}) {
  const isGood = async () => (await here.keys.verify(secret, request)).ok;
  if (!(await isGood())) throw new Error('the key does not work where it was made');
  await there.call('watch', { secret, streamAfter });
  await isGood(); // both nodes have it in memory
  const begun = now();
  await take();
  const accepted = now();
  const isGoodHere = await isGood();
  const committed = committedAt.get(id);
  const since = (at) => ({ call: at - begun, commit: at - committed, answer: at - accepted });
  const { letIn, refused } = await there.call('refused', secret);
  const stream = streamAfter === undefined ? undefined : since(await there.call('ended', secret));
  await giveBack?.();
  return { isGoodHere, letIn: since(letIn), key: since(refused), stream };
}
