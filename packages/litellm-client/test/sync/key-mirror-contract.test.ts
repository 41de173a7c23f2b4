import { randomUUID } from 'node:crypto';
import type { MirrorTeam } from '@keywright/core';
import { describeKeyMirror } from '@keywright/core/testing';
import { LiteLlmError } from '../../src/index.ts';
import { fromUsdNumber } from '../../src/money.ts';
import { type OpenedProxy, proxies } from '../helpers/proxies.ts';

for (const proxy of proxies) {
  describeKeyMirror(proxy.name, async () => {
    const opened = await proxy.open();
    return {
      litellm: opened.litellm,
      close: opened.close,
      models: ['fake-gpt', 'fake-priced'],
      freshId: () => randomUUID(),
      cannotClear: proxy.version === '1.81.12' ? ['budgetDuration', 'softBudget'] : [],
      readUser: (userId) => readUser(opened, userId),
      readTeam: (teamId) => readTeam(opened, teamId),
      makeTeam: (team) => makeTeam(opened, team),
    };
  });
}

async function readUser({ client }: OpenedProxy, userId: string) {
  try {
    const user = await client.users.info(userId);
    return {
      liteLlmUserId: user.user_id,
      email: user.user_email || null, // an empty one is none: LiteLLM takes no address away
      maxBudget: user.max_budget === null ? null : fromUsdNumber(user.max_budget),
      tpmLimit: visible(user.tpm_limit),
      rpmLimit: visible(user.rpm_limit),
    };
  } catch (error) {
    if (error instanceof LiteLlmError && error.reason === 'not_found') return undefined;
    throw error;
  }
}

async function readTeam({ client }: OpenedProxy, teamId: string) {
  const { team_id: liteLlmTeamId, team_alias: name, blocked } = await client.teams.info(teamId);
  return { liteLlmTeamId, name, blocked };
}

async function makeTeam({ client }: OpenedProxy, { liteLlmTeamId, name }: MirrorTeam) {
  await client.teams.create({ team_id: liteLlmTeamId, team_alias: name ?? undefined });
  await client.teams.block(liteLlmTeamId);
}

/** A limit out of sight is none: 1.81.12 cannot take one away. */
function visible(limit: number | null): number | null {
  return limit === Number.MAX_SAFE_INTEGER ? null : limit;
}
