import { open, type Route, ungrouped } from '../http/routes.ts';
import { auditLogs, health, licence, liveness, readiness, readinessDetails } from './health.ts';

const asked = { method: 'GET', groups: ['info_routes'], caller: 'any-key', withoutDatabase: true } as const;

export const healthRoutes: Route[] = [
  { ...open, paths: ['/health/liveliness', '/health/liveness'], handle: liveness },
  { ...open, paths: ['/health/readiness'], handle: readiness },
  { ...asked, since: '1.92.2', paths: ['/health/readiness/details'], handle: readinessDetails },
  { ...asked, paths: ['/health'], handle: health },
  { ...asked, paths: ['/health/license'], handle: licence },
  { ...ungrouped, method: 'GET', paths: ['/audit'], handle: auditLogs },
];
