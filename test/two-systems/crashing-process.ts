// Performs one operation and kills itself, as kill -9 does, at a point of it. Prints what a caller would have been told.
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import { faultyPorts } from './faulty-ports.ts';
import { actor, keywrightOn } from './nodes.ts';

const [operation, crashAt = '-1', databaseUrl, baseUrl = '', masterKey = '', keyId = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl });
const litellm = createLiteLlm({ baseUrl, masterKey });
let points = 0;
const ports = faultyPorts(createPostgresStorage({ pool }), litellm.mirror, (point) => {
  points++;
  if (point.index === Number(crashAt)) process.kill(process.pid, 'SIGKILL');
});
const keywright = keywrightOn(ports.storage, { ...litellm, mirror: ports.mirror });
if (operation === 'create') {
  const { secret } = await keywright.keys.create(actor, { name: 'a key' });
  console.log(JSON.stringify({ given: secret.reveal(), points }));
} else {
  await keywright.keys.delete(actor, keyId);
  console.log(JSON.stringify({ deleted: true, points }));
}
await keywright.close();
await litellm.close();
await pool.end();
