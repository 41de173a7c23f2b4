import type pg from 'pg';
import { z } from 'zod';
import { hashOf, type ToldKey } from './random-user.ts';

const list = z.looseObject({
  keys: z.array(
    z.looseObject({
      token: z.string(),
      key_alias: z.string().nullable(),
      models: z.array(z.string()),
      blocked: z.boolean().nullable(),
      max_budget: z.number().nullable(),
      tpm_limit: z.number().nullable(),
      rpm_limit: z.number().nullable(),
    }),
  ),
  total_pages: z.number(),
});

/** What decides whether a key may be used, as our rows say it; written out anew here, and not with our own rules. */
const expectedRows = `
  select encode(s.key_hash, 'hex') as hash, k.id, s.state, k.lifecycle, k.is_active,
         encode(k.key_hash, 'hex') as newest, k.sync_status,
         (k.is_active and u.is_active and t.is_active and sub.status = 'active'
           and (k.models is null or k.models && sub.models)) as usable,
         case when k.models is null then sub.models
              else array(select unnest(k.models) intersect select unnest(sub.models)) end as models,
         k.max_budget::float8 as max_budget, k.tpm_limit::int as tpm_limit, k.rpm_limit::int as rpm_limit
    from keywright.api_key_secrets s
    join keywright.api_keys k on k.tenant_id = s.tenant_id and k.id = s.api_key_id
    join keywright.subscriptions sub on sub.tenant_id = k.tenant_id and sub.id = k.subscription_id
    join keywright.users u on u.tenant_id = k.tenant_id and u.id = k.user_id
    join keywright.tenants t on t.id = k.tenant_id`;

interface Row {
  hash: string;
  id: string;
  state: string;
  lifecycle: string;
  is_active: boolean;
  newest: string;
  sync_status: string;
  usable: boolean;
  models: string[];
  max_budget: number | null;
  tpm_limit: number | null;
  rpm_limit: number | null;
}

interface Systems {
  pool: pg.Pool;
  liteLlmUrl: string;
  masterKey: string;
  /** Of one of our nodes. */
  url: string;
  told: readonly ToldKey[];
}

/** Everything that is not as promised, in words; empty when both systems are equal and every caller was told the truth. */
export async function compare(
  systems: Systems,
): Promise<{ differences: string[]; keys: number; secretsTried: number }> {
  const { rows } = await systems.pool.query<Row>(expectedRows);
  const theirs = await listLiteLlm(systems);
  const ours = new Map(rows.map((row) => [row.hash, row]));
  const differences = [...compareKeys(ours, theirs), ...compareTold(ours, systems.told)];
  const secrets = systems.told.flatMap((key) => key.secrets);
  for (const secret of secrets) {
    const row = ours.get(hashOf(secret));
    const expected = row?.usable === true;
    const [here, there] = await Promise.all([serves(systems.url, secret), serves(systems.liteLlmUrl, secret)]);
    if (here !== expected || there !== expected) {
      const of = row ? `key ${row.id} (${row.state})` : 'no key of ours';
      differences.push(`a secret of ${of} should ${expected ? '' : 'not '}work: here ${here}, in LiteLLM ${there}`);
    }
  }
  return { differences, keys: ours.size, secretsTried: secrets.length };
}

function* compareKeys(ours: Map<string, Row>, theirs: Map<string, z.infer<typeof list>['keys'][number]>) {
  for (const [hash, { key_alias: alias }] of theirs) {
    if (alias?.startsWith('keywright/') && !ours.has(hash)) yield `LiteLLM holds ${alias}, which we do not know`;
  }
  for (const row of ours.values()) {
    const { id, hash, lifecycle, sync_status } = row;
    if (lifecycle !== 'active') yield `key ${id} is still ${lifecycle}`;
    if (row.state !== 'live') yield `key ${id} still has a secret that is ${row.state}`;
    if (sync_status !== 'synced') yield `key ${id} is ${sync_status}`;
    const held = theirs.get(hash);
    if (!held) yield `LiteLLM does not hold ${id}`;
    else {
      if ((held.blocked ?? false) === row.usable) yield `key ${id}: LiteLLM says blocked ${held.blocked}`;
      if (row.usable && held.models.toSorted().join() !== row.models.toSorted().join())
        yield `key ${id}: models ${held.models}`;
      for (const field of ['max_budget', 'tpm_limit', 'rpm_limit'] as const) {
        if (held[field] !== row[field]) yield `key ${id}: ${field} is ${held[field]} in LiteLLM, ${row[field]} here`;
      }
    }
  }
}

/** What callers were told against what is stored. What they were not told may be either. */
function* compareTold(ours: Map<string, Row>, told: readonly ToldKey[]) {
  const byId = new Map([...ours.values()].map((row) => [row.id, row]));
  for (const { id, isDeleted, newestHash, isBlocked } of told) {
    const row = byId.get(id);
    if (isDeleted === true && row) yield `key ${id} was told deleted and is there`;
    if (isDeleted === false && !row) yield `key ${id} was given and is gone`;
    if (row && isDeleted === false && newestHash !== undefined && row.newest !== newestHash)
      yield `key ${id} has another secret than was given last`;
    if (row && isBlocked !== undefined && row.is_active === isBlocked)
      yield `key ${id} was told blocked ${isBlocked} and is not`;
  }
}

async function listLiteLlm({ liteLlmUrl, masterKey }: Systems) {
  const keys = new Map<string, z.infer<typeof list>['keys'][number]>();
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = `return_full_object=true&size=100&page=${page}&sort_by=created_at&sort_order=asc`;
    const response = await fetch(`${liteLlmUrl}/key/list?${query}`, {
      headers: { authorization: `Bearer ${masterKey}` },
    });
    const answer = list.parse(await response.json());
    for (const key of answer.keys) keys.set(key.token, key);
    pages = answer.total_pages;
  }
  return keys;
}

async function serves(url: string, secret: string): Promise<boolean> {
  return (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).ok;
}
