import { randomUUID } from 'node:crypto';
import { describeChatGateway } from '@keywright/core/testing';
import { createLiteLlm } from '@keywright/litellm-client';
import { baseUrl, masterKey, version } from './server.ts';

describeChatGateway(`LiteLLM ${version}`, async () => {
  const litellm = createLiteLlm({ baseUrl, masterKey });
  return { litellm, close: () => litellm.close(), models: ['fake-gpt', 'fake-priced'], freshId: randomUUID };
});
