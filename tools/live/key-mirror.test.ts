import { randomUUID } from 'node:crypto';
import { describeKeyMirror } from '@keywright/core/testing';
import { createLiteLlm, createLiteLlmClient } from '@keywright/litellm-client';
import { baseUrl, masterKey, version } from './server.ts';

describeKeyMirror(`LiteLLM ${version}`, async () => {
  const litellm = createLiteLlm({ baseUrl, masterKey });
  const { teams } = createLiteLlmClient({ baseUrl, masterKey });
  return {
    litellm,
    close: () => litellm.close(),
    models: ['fake-gpt', 'fake-priced'],
    freshId: randomUUID,
    async readTeam(id) {
      const { team_id: liteLlmTeamId, team_alias: name, blocked } = await teams.info(id);
      return { liteLlmTeamId, name, blocked };
    },
    async makeTeam({ liteLlmTeamId, name }) {
      await teams.create({ team_id: liteLlmTeamId, team_alias: name ?? undefined });
      await teams.block(liteLlmTeamId);
    },
    ...(version === '1.81.12' && { cannotClear: ['budgetDuration', 'softBudget'] as const }),
  };
});
