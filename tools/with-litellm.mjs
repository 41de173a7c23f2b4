// node tools/with-litellm.mjs VERSION -- command...
// Runs a command beside a real LiteLLM proxy: it finds LITELLM_BASE_URL (LITELLM_CONTRACT_URL is the same),
// LITELLM_MASTER_KEY, LITELLM_VERSION, FAKE_OPENAI_URL (the upstream behind the proxy), the PG* variables of the Postgres
// that both use, and what tools/launch/litellm-peer-server.mjs needs to start a second proxy beside it.
// Needs python3 with venv, psql and curl; see tools/litellm-live/README.md.
import { run, startServer } from './launch/launch.mjs';

const [version, separator, ...command] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version ?? '') || separator !== '--' || command.length === 0) {
  console.error('usage: node tools/with-litellm.mjs VERSION -- command...');
  process.exit(2);
}
const postgres = process.env.PGHOST ? undefined : await startServer('postgres-server.mjs');
const beside = { ...process.env, ...postgres?.env };
const litellm = await startServer('litellm-server.mjs', [version], beside);
const code = await run(command, { ...beside, ...litellm.env });
await litellm.stop();
await postgres?.stop();
process.exit(code);
