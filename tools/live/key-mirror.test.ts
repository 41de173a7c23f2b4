import { randomUUID } from 'node:crypto';
import { describeKeyMirror } from '@keywright/core/testing';
import { createLiteLlm } from '@keywright/litellm-client';
import { baseUrl, masterKey, version } from './server.ts';

describeKeyMirror(`LiteLLM ${version}`, async () => {
  const litellm = createLiteLlm({ baseUrl, masterKey });
  return {
    litellm,
    close: () => litellm.close(),
    models: ['fake-gpt', 'fake-priced'],
    freshId: randomUUID,
    ...(version === '1.81.12' && { cannotClear: ['budgetDuration', 'softBudget'] as const }),
  };
});
