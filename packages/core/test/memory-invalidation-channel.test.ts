import { createMemoryInvalidationChannel } from '@keywright/core/memory';
import { describeInvalidationChannel } from '@keywright/core/testing';

describeInvalidationChannel('in memory', async () => {
  const channel = createMemoryInvalidationChannel();
  return { node: () => channel, interrupt: async () => channel.interrupt(), close: async () => {} };
});
