import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import type { LiteLlmProxy } from '../proxy.ts';

type Asked = Pick<Call, 'proxy'>;

/** GET /health/liveliness and /health/liveness: a JSON string. */
export function liveness(): Response {
  return json("I'm alive!");
}

/** What the database is called: connected, out of reach, or never there. */
function databaseWord({ database }: LiteLlmProxy): string {
  return database === 'none' ? 'Not connected' : database === 'cut' ? 'disconnected' : 'connected';
}

/** GET /health/readiness: short since 1.92; 503 while the database is cut. */
export function readiness({ proxy }: Asked): Response {
  if (proxy.database === 'cut') return unready(proxy);
  if (proxy.profile.readiness === 'long') return json({ status: 'connected', ...details(proxy) });
  return json({ status: 'healthy', db: databaseWord(proxy) });
}

function unready({ profile }: LiteLlmProxy): Response {
  if (profile.readiness === 'short') return json({ status: 'unhealthy', db: 'disconnected' }, 503);
  const message = "Service Unhealthy (Can't reach database server)";
  throw errorEnvelope({ status: 503, message, type: 'internal_server_error', param: profile.managementParam });
}

/** GET /health/readiness/details: the long form, for callers with a key. */
export function readinessDetails({ proxy }: Asked): Response {
  if (proxy.database === 'cut') return unready(proxy);
  return json({ status: 'healthy', ...details(proxy), is_detailed_debug: false });
}

function details(proxy: LiteLlmProxy): Record<string, unknown> {
  return {
    db: databaseWord(proxy),
    cache: null,
    litellm_version: proxy.profile.version,
    success_callbacks: [],
    use_aiohttp_transport: true,
    log_level: 'WARNING',
  };
}

/** GET /health: the deployments, all healthy. A real proxy calls every model for this. */
export function health({ proxy }: Asked): Response {
  const endpoints = [...proxy.models.values()].map(({ provider, name, id }) => ({
    model: `${provider}/${name}`,
    model_id: id,
  }));
  const counts = { healthy_count: endpoints.length, unhealthy_count: 0 };
  return json({ healthy_endpoints: endpoints, unhealthy_endpoints: [], ...counts });
}

/** GET /health/license: there is none. */
export function licence(): Response {
  return json({
    has_license: false,
    license_type: 'community',
    expiration_date: null,
    allowed_features: [],
    limits: { max_users: null, max_teams: null },
  });
}

/** GET /audit: empty without a licence. */
export function auditLogs(): Response {
  return json({ audit_logs: [], total: 0, page: 1, page_size: 10, total_pages: 0 });
}
