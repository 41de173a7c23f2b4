import { budgetRoutes } from './budgets/routes.ts';
import { customerRoutes } from './customers/routes.ts';
import { openApi } from './health/openapi.ts';
import { healthRoutes } from './health/routes.ts';
import { open, type Route } from './http/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { modelRoutes } from './models/routes.ts';
import { organizationRoutes } from './organizations/routes.ts';
import { spendRoutes } from './spend/routes.ts';
import { teamRoutes } from './teams/routes.ts';
import { userRoutes } from './users/routes.ts';

const listed: readonly Route[] = [
  ...keyRoutes,
  ...userRoutes,
  ...teamRoutes,
  ...organizationRoutes,
  ...budgetRoutes,
  ...customerRoutes,
  ...spendRoutes,
  ...modelRoutes,
  ...healthRoutes,
];

/** Every route that the stand-in answers. */
export const routes: readonly Route[] = [...listed, { ...open, paths: ['/openapi.json'], handle: openApi(listed) }];
