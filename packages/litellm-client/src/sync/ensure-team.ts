import type { MirrorTeam } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';
import type { TeamsClient } from '../teams.ts';

/** Creates the team, or brings name and block up to date. */
export async function ensureTeam(teams: TeamsClient, team: MirrorTeam, signal: AbortSignal): Promise<void> {
  const named = { team_id: team.liteLlmTeamId, team_alias: team.name ?? undefined };
  try {
    await teams.create(named, signal);
  } catch (error) {
    if (!(error instanceof LiteLlmError) || error.reason !== 'already_exists') throw error;
    await teams.update(named, signal);
  }
  // both are safe to repeat
  if (team.blocked) await teams.block(team.liteLlmTeamId, signal);
  else await teams.unblock(team.liteLlmTeamId, signal);
}
