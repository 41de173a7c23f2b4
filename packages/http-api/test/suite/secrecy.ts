import { describe, expect, test } from 'vitest';
import { call, callWithKey, createdOf, newKey } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';

const planted = 'sk-kw_PLANTED0123456789abcdefghijklmnopqrstuvwxyzABCDE';
/** As long as a secret of ours: fields that are stored and shown refuse it. */
const wholeSecret = `${planted}F`;
const keys = '/api/v1/api-keys';

export function describeSecrecy(open: OpenWorld): void {
  describe('secrets', () => {
    test('what a caller plants comes back in no answer, no log line and no audit entry', async () => {
      const { served, litellm, log } = await open();
      const { id, key } = await newKey(served);
      const chat = { model: 'gpt-a', messages: [{ role: 'user', content: 'hello' }] };
      litellm.upstream.failNextChat({
        kind: 'upstream_error',
        status: 500,
        message: `provider says: bad key ${planted}`,
        param: null,
        retryAfterSeconds: null,
      });
      const headers = { 'x-request-id': planted, 'user-agent': `curl ${planted}`, cookie: planted };
      const replies = [
        await callWithKey(served, key, 'POST', '/v1/chat/completions', { body: chat }),
        await call(served, 'alice', 'GET', `${keys}/${planted}`),
        await call(served, 'alice', 'GET', `${keys}?${planted}=1`),
        await call(served, 'alice', 'GET', `${keys}?cursor=${planted}&status=${planted}`),
        await call(served, 'alice', 'POST', keys, { body: { name: 'a', [planted]: 1 } }),
        await call(served, 'alice', 'POST', keys, { body: { name: 'a', models: [planted] } }),
        await call(served, 'alice', 'POST', keys, { body: `{"name": ${planted}` }),
        await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body: { name: 'b' }, headers }),
        await call(served, 'alice', 'POST', keys, { body: { name: 'a' }, headers: { 'idempotency-key': planted } }),
        await call(served, 'alice', 'POST', `${keys}/${id}/rotate`, { body: { [planted]: planted } }),
        await call(served, 'dana', 'POST', '/api/v1/admin/api-keys/bulk-delete', { body: { userId: planted } }),
        await call(served, 'dana', 'PATCH', `/api/v1/admin/users/${planted}`, { body: { name: wholeSecret } }),
        await call(served, 'olga', 'POST', '/api/v1/admin/tenants', { body: { id: wholeSecret } }),
        await call(served, 'olga', 'GET', `/api/v1/admin/tenants/${planted}`),
        await call(served, 'dana', 'GET', '/api/v1/admin/audit-logs'),
        await call(served, '', 'GET', keys, { headers: { authorization: planted } }),
        await callWithKey(served, planted, 'POST', '/v1/chat/completions', { body: chat }),
        await callWithKey(served, key, 'POST', '/v1/chat/completions', { body: { ...chat, model: planted } }),
        await callWithKey(served, key, 'POST', '/v1/chat/completions', { body: { ...chat, stream: planted } }),
        await callWithKey(served, key, 'POST', '/v1/chat/completions', { body: { ...chat, api_key: planted } }),
        await call(served, '', 'GET', `/v1/${planted}`),
        await call(served, '', 'GET', `/api/v1/${planted}`),
      ];
      const everything = [...replies.flatMap(({ text, headers }) => [text, ...headers.values()]), ...log].join('\n');
      expect(replies.map(({ status }) => status).filter((status) => status >= 500)).toEqual([502]);
      expect(everything).not.toContain('PLANTED');
      expect(everything).toContain('sk-[redacted]');
    });

    test('the secrets of a key are in the answers that create and rotate it, and in nothing else', async () => {
      const { served, litellm, log } = await open();
      const { id, key } = await newKey(served);
      const { key: rotated } = createdOf(await call(served, 'alice', 'POST', `${keys}/${id}/rotate`));
      const body = { model: 'gpt-a', messages: [{ role: 'user', content: 'hello' }] };
      litellm.upstream.isDown = true;
      const replies = [
        await call(served, 'alice', 'GET', keys),
        await call(served, 'alice', 'GET', `${keys}/${id}`),
        await call(served, 'dana', 'GET', '/api/v1/admin/audit-logs'),
        await callWithKey(served, key, 'POST', '/v1/chat/completions', { body }),
        await callWithKey(served, rotated, 'POST', '/v1/chat/completions', { body }),
        await call(served, 'alice', 'PATCH', `${keys}/${id}`, { body: { tpmLimit: 1 } }),
        await call(served, 'alice', 'POST', `${keys}/${id}/rotate`),
        await call(served, 'alice', 'POST', `${keys}/${id}/block`),
        await call(served, 'alice', 'DELETE', `${keys}/${id}`),
        await call(served, 'dana', 'GET', '/api/v1/admin/sync'),
      ];
      const everything = [...replies.flatMap(({ text, headers }) => [text, ...headers.values()]), ...log].join('\n');
      for (const secret of [key, rotated]) {
        expect(everything).not.toContain(secret);
        expect(everything).not.toContain(secret.slice(10));
      }
    });
  });
}
