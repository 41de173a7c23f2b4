// Keywright embedded in an Express app, with nothing but npm packages: PGlite in memory and a LiteLLM that echoes.
import { PGlite } from '@electric-sql/pglite';
import { createKeywright } from '@keywright/core';
import { callerOf, createKeywrightRouter, requireApiKey } from '@keywright/express-adapter';
import { createLiteLlm } from '@keywright/litellm-client';
import { startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import express, { type Request } from 'express';

/** One line instead of a stack: the person can put it right in the environment. */
const refuse = (message: string): never => {
  console.error(message);
  process.exit(2);
};
const PORT = process.env.PORT || '3001';
if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
  refuse('PORT: should be a port from 0 to 65535; 0 takes a free one');

const standIn = await startLiteLlmStandIn();
const { url: baseUrl, masterKey } = standIn;
/** Your own sign-in goes here; this one believes a header, so that there is something to try. */
const authenticate = (req: Request) => {
  const userId = req.get('x-demo-user');
  return userId ? { tenantId: 'acme', userId, roles: ['user' as const] } : null;
};

// #region quick-start
const pglite = await PGlite.create(); // in production: const pool = new pg.Pool({ connectionString })
await migrate({ pglite }).up();
const storage = createPostgresStorage({ pglite });
const litellm = createLiteLlm({ baseUrl, masterKey });
const keywright = createKeywright({ storage, litellm });
keywright.start();
const app = express();
app.use(createKeywrightRouter({ keywright, authenticate }));
app.get('/reports', requireApiKey({ keywright }), (req, res) => {
  res.json({ for: callerOf(req).userId });
});
// #endregion

await keywright.subscriptions.create(
  { tenantId: 'acme', userId: 'setup', roles: ['operator'] },
  { userId: 'alice', models: ['gpt-4o-mini'], isDefault: true },
);

const server = app.listen(Number(PORT), '127.0.0.1', (error?: Error & { code?: string }) => {
  if (error) refuse(`PORT: ${PORT} cannot be used (${error.code}); stop what uses it, or set PORT=0`);
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  console.log(`Keywright listens on ${url}

Create a key, then use it for a model and for the app's own route:
  KEY=$(curl -fsS ${url}/api/v1/api-keys -H 'X-Demo-User: alice' -H 'Content-Type: application/json' -d '{"name":"first key"}' | sed -n 's/.*"key":"\\([^"]*\\)".*/\\1/p')
  curl ${url}/v1/chat/completions -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'
  curl ${url}/reports -H "Authorization: Bearer $KEY"`);
});

let isStopping = false;
const stop = async () => {
  if (isStopping) return; // Ctrl-C comes from the terminal and once more from the launcher
  isStopping = true;
  server.close();
  await keywright.close();
  await litellm.close();
  await standIn.close();
  await pglite.close();
};
process.on('SIGTERM', stop).on('SIGINT', stop);
