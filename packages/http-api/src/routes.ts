import { auditRoutes } from './audit/audit-routes.ts';
import { modelListRoutes } from './chat-completions/model-list-route.ts';
import { relayRoutes } from './chat-completions/relay-routes.ts';
import { adminKeyRoutes, ownKeyRoutes } from './keys/key-routes.ts';
import { modelRoutes } from './models/model-routes.ts';
import { operationRoutes } from './operations/operation-routes.ts';
import type { Route } from './route.ts';
import { adminSubscriptionRoutes, subscriptionRoutes } from './subscriptions/subscription-routes.ts';
import { syncRoutes } from './sync/sync-routes.ts';
import { tenantRoutes } from './tenants/tenant-routes.ts';
import { usageRoutes } from './usage/usage-routes.ts';
import { userRoutes } from './users/user-routes.ts';

/** The whole HTTP surface: one table that mounts, OpenAPI document, documentation and tests read. */
export const routes: readonly Route[] = [
  ...ownKeyRoutes,
  ...subscriptionRoutes,
  ...modelRoutes,
  ...usageRoutes,
  ...adminKeyRoutes,
  ...adminSubscriptionRoutes,
  ...userRoutes,
  ...auditRoutes,
  ...syncRoutes,
  ...tenantRoutes,
  ...relayRoutes,
  ...modelListRoutes,
  ...operationRoutes,
];
