import { randomUUID } from 'node:crypto';
import { createMemoryLiteLlm } from '@keywright/core/memory';
import { describeChatGateway } from '@keywright/core/testing';

describeChatGateway('LiteLLM in memory', async () => {
  const litellm = createMemoryLiteLlm();
  return { litellm, close: () => litellm.close(), models: ['gpt-a', 'gpt-b'], freshId: randomUUID };
});
