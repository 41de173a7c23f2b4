import { afterAll } from 'vitest';
import { describeContract } from './describe-contract.ts';
import { liveProxy } from './live-proxy.ts';

const { LITELLM_CONTRACT_URL: url = '', LITELLM_MASTER_KEY: masterKey } = process.env;
if (!masterKey) throw new Error(`LITELLM_MASTER_KEY is not set: the contract is checked with the master key of ${url}`);

const proxy = await liveProxy(url.replace(/\/$/, ''), masterKey);
afterAll(() => proxy.close());

describeContract(`LiteLLM ${proxy.version}`, () => proxy, { concurrent: true, resultsName: proxy.version });
