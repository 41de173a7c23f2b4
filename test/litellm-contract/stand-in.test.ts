import { supportedVersions } from '@keywright/litellm-stand-in';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeContract } from './describe-contract.ts';
import { standInProxy } from './stand-in-proxy.ts';

describe.each(supportedVersions)('stand-in', (version) => {
  let proxy: Awaited<ReturnType<typeof standInProxy>>;
  beforeAll(async () => {
    proxy = await standInProxy(version);
  });
  afterAll(() => proxy.close());
  describeContract(version, () => proxy, { resultsName: `stand-in-${version}` });
});
