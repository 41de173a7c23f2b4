import { usageInput } from '@keywright/core';
import { jsonAnswer } from '../http-message.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { usageBody, usageSchema } from './usage-body.ts';

export const usageRoutes: readonly Route[] = [
  managementRoute({
    name: 'getUsage',
    method: 'GET',
    path: '/usage',
    caller: 'user',
    summary: 'Your usage over all of your API keys',
    params: none,
    query: usageInput,
    body: noBody,
    answers: { 200: usageSchema },
    errors: [],
    handle: async ({ keywright, actor, query }) => jsonAnswer(200, usageBody(await keywright.usage.get(actor, query))),
  }),
];
