import type { MirrorUser } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';
import { toUsdNumber } from '../money.ts';
import type { UsersClient } from '../users.ts';

/** As LiteLLM has them: amounts are USD, null is none. */
interface Limits {
  max_budget: number | null;
  tpm_limit: number | null;
  rpm_limit: number | null;
}

/**
 * Creates the user, or brings limits and e-mail up to date. 409 also means that somebody else has the e-mail address, which two
 * tenants may well share: then the update creates the user beside the other one.
 *
 * @throws LiteLlmError `not_applied` when LiteLLM answered 200 and the user's limits are not the wanted ones
 */
export async function ensureUser(users: UsersClient, user: MirrorUser, signal: AbortSignal): Promise<void> {
  const limits: Limits = {
    max_budget: user.maxBudget === null ? null : toUsdNumber(user.maxBudget),
    tpm_limit: user.tpmLimit,
    rpm_limit: user.rpmLimit,
  };
  const user_id = user.liteLlmUserId;
  try {
    await users.create(
      {
        user_id,
        user_email: user.email ?? undefined,
        max_budget: limits.max_budget ?? undefined,
        tpm_limit: limits.tpm_limit ?? undefined,
        rpm_limit: limits.rpm_limit ?? undefined,
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof LiteLlmError) || error.reason !== 'already_exists') throw error;
    // an address is not taken away by null, which LiteLLM leaves out, but by an empty one
    const stored = await users.update({ user_id, user_email: user.email ?? '', ...limits }, signal);
    const tpm_limit = instead(limits.tpm_limit, stored.tpm_limit);
    const rpm_limit = instead(limits.rpm_limit, stored.rpm_limit);
    const raised = tpm_limit ?? rpm_limit;
    const result = raised ? await users.update({ user_id, tpm_limit, rpm_limit }, signal) : stored;
    assertApplied(limits, result);
  }
}

/** The largest integer that survives JSON: as good as no limit. */
const unlimited = Number.MAX_SAFE_INTEGER;

/** 1.81.12 does not take a user's rate limit away: null leaves it as it is. Then the limit is raised out of sight. */
function instead(wanted: number | null, stored: number | null): number | undefined {
  return wanted === null && stored !== null && stored !== unlimited ? unlimited : undefined;
}

/** LiteLLM answers the row it stored. A limit that it kept must not pass for one that was changed. */
function assertApplied(wanted: Limits, stored: Limits): void {
  const kept = [
    stored.max_budget === wanted.max_budget ? [] : ['max_budget'],
    isRate(wanted.tpm_limit, stored.tpm_limit) ? [] : ['tpm_limit'],
    isRate(wanted.rpm_limit, stored.rpm_limit) ? [] : ['rpm_limit'],
  ].flat();
  if (kept.length === 0) return;
  const message = `LiteLLM answered 200 and left ${kept.join(', ')} of the user as it was: this version cannot change it.`;
  throw new LiteLlmError('not_applied', message, { status: 200, param: kept[0] ?? null });
}

function isRate(wanted: number | null, stored: number | null): boolean {
  return stored === wanted || (wanted === null && stored === unlimited);
}
