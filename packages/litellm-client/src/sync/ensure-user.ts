import type { MirrorUser } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';
import { toUsdNumber } from '../money.ts';
import type { UsersClient } from '../users.ts';

/**
 * Creates the user, or brings limits up to date. 409 also means that somebody else has the e-mail address, which two
 * tenants may well share: then the update creates the user beside the other one.
 */
export async function ensureUser(users: UsersClient, user: MirrorUser, signal: AbortSignal): Promise<void> {
  const limits = {
    max_budget: user.maxBudget === null ? null : toUsdNumber(user.maxBudget),
    tpm_limit: user.tpmLimit,
    rpm_limit: user.rpmLimit,
  };
  const named = { user_id: user.liteLlmUserId, user_email: user.email ?? undefined };
  try {
    await users.create(
      {
        ...named,
        max_budget: limits.max_budget ?? undefined,
        tpm_limit: limits.tpm_limit ?? undefined,
        rpm_limit: limits.rpm_limit ?? undefined,
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof LiteLlmError) || error.reason !== 'already_exists') throw error;
    const stored = await users.update({ ...named, ...limits }, signal);
    const tpm_limit = instead(limits.tpm_limit, stored.tpm_limit);
    const rpm_limit = instead(limits.rpm_limit, stored.rpm_limit);
    if (tpm_limit ?? rpm_limit) await users.update({ user_id: user.liteLlmUserId, tpm_limit, rpm_limit }, signal);
  }
}

/** The largest integer that survives JSON: as good as no limit. */
const unlimited = Number.MAX_SAFE_INTEGER;

/** 1.81.12 does not take a user's rate limit away: null leaves it as it is. Then the limit is raised out of sight. */
function instead(wanted: number | null, stored: number | null): number | undefined {
  return wanted === null && stored !== null && stored !== unlimited ? unlimited : undefined;
}
