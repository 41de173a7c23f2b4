import { randomUUID } from 'node:crypto';
import { type ApiKeySecret, generateSecret } from '@keywright/core';
import type { LiteLlmClient } from './client.ts';
import { LiteLlmError, type LiteLlmErrorReason } from './errors/litellm-error.ts';
import type { CapabilityName } from './version-facts.ts';

/** What a probe saw. */
export interface Observed {
  /** Null: not looked at. */
  customKeysDisabled: boolean | null;
  facts: Partial<Record<CapabilityName, boolean>>;
}

type Signal = AbortSignal | undefined;

/**
 * Tries on a key and a user of its own what LiteLLM does, and deletes them again, whatever happened. The key is blocked
 * and has no models, so that it is of no use to anybody meanwhile.
 *
 * @throws LiteLlmError also when they could not be deleted; its message names them
 */
export async function probe(client: LiteLlmClient, signal: Signal): Promise<Observed> {
  const name = `keywright-probe-${randomUUID()}`;
  const secret = generateSecret();
  let failure: unknown;
  try {
    const disabled = await isRefused('custom_key_disabled', makeKey(client, name, secret, signal));
    const ofKey = disabled ? {} : await probeKey(client, name, secret, signal);
    return { customKeysDisabled: disabled, facts: { ...ofKey, ...(await probeUser(client, name, signal)) } };
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await cleanUp(client, name, secret, failure);
  }
}

function makeKey({ keys }: LiteLlmClient, key_alias: string, secret: ApiKeySecret, signal: Signal) {
  const limits = { max_budget: 1, soft_budget: 0.5, budget_duration: '30d' };
  const harmless = { models: ['no-default-models'], blocked: true, key_type: 'llm_api' } as const;
  return keys.generate({ key: secret.reveal(), key_alias, user_id: `${key_alias}-2`, ...harmless, ...limits }, signal);
}

async function probeKey(client: LiteLlmClient, name: string, secret: ApiKeySecret, signal: Signal) {
  const { keys } = client;
  const { hash } = secret;
  const before = await keys.info(hash, signal);
  const duplicateKeyIsError = await isRefused(undefined, makeKey(client, `${name}-again`, secret, signal));
  const { total_count: found } = await keys.list({ user_id: name }, signal); // the key's user has a longer name
  await keys.update(hash, { max_budget: null, budget_duration: null, soft_budget: 0.25 }, signal);
  const after = await keys.info(hash, signal);
  const softBudget = after.litellm_budget_table?.soft_budget ?? null;
  await keys.delete([hash], signal);
  const deletedInfo = !(await isRefused('not_found', keys.info(hash, signal)));
  return {
    duplicateKeyIsError,
    exactUserFilter: found === 0,
    nullClears: before.max_budget !== null && after.max_budget === null,
    nullClearsBudgetDuration: before.budget_duration !== null && after.budget_duration === null,
    softBudgetUpdates: softBudget === 0.25,
    deletedInfo,
  };
}

async function probeUser({ users }: LiteLlmClient, user_id: string, signal: Signal) {
  await users.create({ user_id, tpm_limit: 5 }, signal);
  const { tpm_limit } = await users.update({ user_id, tpm_limit: null }, signal);
  return { nullClearsUserRates: tpm_limit === null };
}

/** Whether LiteLLM said no, for this reason where one is given; any other failure goes on being one. */
async function isRefused(reason: LiteLlmErrorReason | undefined, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof LiteLlmError && (reason ? error.reason === reason : error.refused)) return true;
    throw error;
  }
}

/** Not with the caller's signal: an aborted probe is cleaned up as well. */
async function cleanUp(client: LiteLlmClient, name: string, secret: ApiKeySecret, failure: unknown): Promise<void> {
  const ofKey = isRefused('not_found', client.keys.delete([secret.hash]));
  const ofUser = isRefused('not_found', client.users.delete([name]));
  const [key, user] = await Promise.allSettled([ofKey, ofUser]);
  const left = [key.status === 'rejected' ? ['key'] : [], user.status === 'rejected' ? ['user'] : []].flat();
  if (left.length === 0) return;
  const message = `The probe could not delete its ${left.join(' and its ')} "${name}" in LiteLLM: delete it there.`;
  throw new LiteLlmError('server_error', message, { cause: failure });
}
