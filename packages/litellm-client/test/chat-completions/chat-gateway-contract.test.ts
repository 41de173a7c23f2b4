import { randomUUID } from 'node:crypto';
import { describeChatGateway } from '@keywright/core/testing';
import { proxies } from '../helpers/proxies.ts';

for (const proxy of proxies) {
  describeChatGateway(proxy.name, async () => {
    const { litellm, close } = await proxy.open();
    return { litellm, close, models: ['fake-gpt', 'fake-priced'], freshId: randomUUID };
  });
}
