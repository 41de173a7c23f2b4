import { json } from '../http/answers.ts';
import type { Call } from '../http/call.ts';

/** GET /health/liveliness and /health/liveness: a JSON string. */
export function liveness(): Response {
  return json("I'm alive!");
}

/** GET /health/readiness: short since 1.92. */
export function readiness({ proxy: { profile } }: Pick<Call, 'proxy'>): Response {
  if (profile.readiness === 'short') return json({ status: 'healthy', db: 'connected' });
  return json({
    status: 'connected',
    db: 'connected',
    cache: null,
    litellm_version: profile.version,
    success_callbacks: [],
    use_aiohttp_transport: true,
    log_level: 'WARNING',
  });
}
