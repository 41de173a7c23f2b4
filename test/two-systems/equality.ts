import { expect } from 'vitest';
import type { World } from './world.ts';

interface Held {
  token: string;
  keyId: unknown;
  userId: string | null;
  models: string[];
  blocked: boolean;
  maxBudget: number | null;
  budgetDuration: string | null;
  tpmLimit: number | null;
  rpmLimit: number | null;
  maxParallelRequests: number | null;
}

interface Expected extends Held {
  expires: Date | null;
}

/**
 * What LiteLLM should hold, said a second time: in SQL and from the rows alone, so that a mistake in our own way to
 * work it out does not hide itself. LEAST passes over null.
 */
const expected = `
  select encode(x.key_hash, 'hex') as token, k.id::text as "keyId", u.lite_llm_user_id as "userId",
         case when m.models = '{}' then s.models else m.models end as models,
         not k.is_active or s.status <> 'active' or not u.is_active or not t.is_active or m.models = '{}' as blocked,
         least(k.max_budget, s.max_budget)::float8 as "maxBudget", coalesce(k.budget_duration, s.budget_duration) as "budgetDuration",
         least(k.tpm_limit, s.tpm_limit)::float8 as "tpmLimit", least(k.rpm_limit, s.rpm_limit)::float8 as "rpmLimit",
         k.max_parallel_requests::float8 as "maxParallelRequests", least(k.expires_at, x.valid_until) as expires
    from keywright.api_key_secrets x
    join keywright.api_keys k on k.id = x.api_key_id
    join keywright.subscriptions s on s.id = k.subscription_id
    join keywright.users u on u.tenant_id = k.tenant_id and u.id = k.user_id
    join keywright.tenants t on t.id = k.tenant_id
    cross join lateral (select array(select unnest(coalesce(k.models, s.models)) intersect select unnest(s.models) order by 1) as models) m
   order by 1`;

/**
 * Both systems hold the same secrets, LiteLLM everything about them that it should, and none is anywhere between. Looks
 * into LiteLLM behind its back, not through our client.
 */
export async function expectEqual(world: World): Promise<void> {
  const between = await world.pool.query(
    `select k.name, k.lifecycle, x.state, k.sync_status, k.sync_error
       from keywright.api_keys k join keywright.api_key_secrets x on x.api_key_id = k.id
      where k.lifecycle <> 'active' or k.sync_status <> 'synced' or x.state not in ('live', 'retiring')
         or (x.state = 'retiring' and x.valid_until <= now())`,
  );
  expect(between.rows).toEqual([]);
  const rows = await secretsHeld(world);
  const there = world.running.standIn.keys().sort((a, b) => (a.token < b.token ? -1 : 1));
  expect(there.map((key) => held({ ...key, keyId: key.metadata.key_id }))).toEqual(rows.map(held));
  rows.forEach(({ expires }, index) => {
    expectSameMoment(there[index]?.expires ?? null, expires);
  });
  const tasks = await world.pool.query('select entity, entity_id, last_error, dead_at from keywright.sync_tasks');
  expect(tasks.rows).toEqual([]);
}

/** Every secret that our rows hold, with what LiteLLM should hold of it. */
export async function secretsHeld({ pool }: World): Promise<Expected[]> {
  return (await pool.query<Expected>(expected)).rows;
}

function held(key: Held): Held {
  const { token, keyId, userId, blocked, maxBudget, budgetDuration, tpmLimit, rpmLimit, maxParallelRequests } = key;
  const limits = { maxBudget, budgetDuration, tpmLimit, rpmLimit, maxParallelRequests };
  return { token, keyId, userId, blocked, models: [...key.models].sort(), ...limits };
}

/** LiteLLM counts an expiry in seconds from when it stores the key. */
function expectSameMoment(there: Date | null, here: Date | null): void {
  if (!there || !here) expect(there).toEqual(here);
  else expect(Math.abs(there.getTime() - here.getTime())).toBeLessThanOrEqual(2_000);
}
