import { createMemoryStorage } from '@keywright/core/memory';
import { describeStorage } from '@keywright/core/testing';

describeStorage('in memory', async () => {
  const storage = createMemoryStorage();
  return { storage, outside: storage.outside, close: async () => {} };
});
