import { createLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { liteLlmHandlers } from '@keywright/litellm-stand-in/msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

const standIn = createLiteLlmStandIn();
const server = setupServer(
  ...liteLlmHandlers(standIn, 'http://litellm.test/'),
  ...liteLlmHandlers(standIn, 'https://gateway.test/litellm'),
);

beforeAll(() => server.listen());
beforeEach(() => standIn.reset());
afterAll(() => server.close());

const headers = { authorization: `Bearer ${standIn.masterKey}` };

it.each(['http://litellm.test', 'https://gateway.test/litellm'])(
  'msw answers below %s from the stand-in',
  async (base) => {
    const body = JSON.stringify({ key_alias: 'a' });
    const made = await fetch(`${base}/key/generate`, { method: 'POST', headers, body });
    expect(made.status).toBe(200);
    expect(standIn.keys()).toMatchObject([{ alias: 'a' }]);
    const listed = await fetch(`${base}/key/list?size=101`, { headers });
    expect(listed.status).toBe(422);
  },
);

it('msw streams', async () => {
  const body = JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const response = await fetch('http://litellm.test/chat/completions', { method: 'POST', headers, body });
  expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
});

it('a dropped connection makes fetch reject with a TypeError, with the work done', async () => {
  standIn.faults.add({ route: 'POST /key/generate', kind: 'drop' });
  const call = fetch('http://litellm.test/key/generate', { method: 'POST', headers, body: '{}' });
  await expect(call).rejects.toThrow(TypeError);
  expect(standIn.keys()).toHaveLength(1);
});
