import type { MirrorTeam } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';
import type { TeamsClient } from '../teams.ts';

/** Creates the team. One that is there is left as it is: it may be somebody else's as well. */
export async function ensureTeam(teams: TeamsClient, team: MirrorTeam, signal: AbortSignal): Promise<void> {
  try {
    await teams.create({ team_id: team.liteLlmTeamId, team_alias: team.name ?? undefined }, signal);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

/** Of several that create one team at once, all but the first get the database's own words, in a 500. */
function isThere(error: unknown): boolean {
  if (!(error instanceof LiteLlmError)) return false;
  return error.reason === 'already_exists' || /Unique constraint failed.*team_id/.test(error.message);
}
