import type { Config } from './config.ts';
import type { RunningServer } from './start.ts';

/** What the person who started the server reads first: where it is, who can sign in, and what to paste next. */
export function announce({ url, liteLlmUrl, model }: RunningServer, config: Config): string {
  const [first] = config.users;
  const width = Math.max(...config.users.map(({ name }) => name.length));
  const links = config.users.map(
    // in the fragment, so that no server and no log ever sees the token
    ({ name, tenantId, token }) =>
      `  ${name.padEnd(width)}  ${url}/#token=${encodeURIComponent(token)}   (tenant ${tenantId})`,
  );
  return `Keywright listens on ${url}
  Database  ${describeDatabase(config)}
  LiteLLM   ${config.litellm ? liteLlmUrl : `${liteLlmUrl} (a stand-in that echoes; set LITELLM_BASE_URL for a real one)`}
  API       ${url}/docs
  Metrics   ${describeMetrics(url, config)}

Sign in:
${links.join('\n')}

Create a key, then use it:
  KEY=$(curl -fsS ${url}/api/v1/api-keys -H 'Authorization: Bearer ${first?.token}' -H 'Content-Type: application/json' -d '{"name":"first key"}' | sed -n 's/.*"key":"\\([^"]*\\)".*/\\1/p')
  curl ${url}/v1/chat/completions -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'

Ctrl-C stops it.
`;
}

function describeDatabase({ database }: Config): string {
  if (database.kind === 'postgres') return 'Postgres, from DATABASE_URL';
  if (database.kind === 'memory') return 'PGlite in memory: all is gone when the server stops';
  return `PGlite in ${database.folder}`;
}

function describeMetrics(url: string, { isLoopback, metricsToken }: Config): string {
  if (metricsToken !== undefined) return `${url}/metrics, with METRICS_TOKEN as bearer token`;
  return isLoopback ? `${url}/metrics` : 'off: set METRICS_TOKEN, as others can reach this HOST';
}
