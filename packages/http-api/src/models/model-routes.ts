import { jsonAnswer } from '../http-message.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { modelBody, modelListSchema } from './model-body.ts';

export const modelRoutes: readonly Route[] = [
  managementRoute({
    name: 'listAvailableModels',
    method: 'GET',
    path: '/models',
    caller: 'user',
    summary: 'The models that your subscriptions allow, with prices and context sizes, by name',
    description: 'All of them at once: `nextCursor` is always null.',
    params: none,
    query: none,
    body: noBody,
    answers: { 200: modelListSchema },
    errors: ['gateway_unavailable'],
    handle: async ({ keywright, actor }) =>
      jsonAnswer(200, listBody({ items: await keywright.models.listForUser(actor) }, modelBody)),
  }),
];
