import { updateApiKeyInput, usageInput } from '@keywright/core';
import { jsonAnswer } from '../http-message.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { usageBody, usageSchema } from '../usage/usage-body.ts';
import { blockRoutes } from './block-routes.ts';
import { keyBody, keyDeletionBody, keyDeletionSchema, keySchema, pendingKeyDeletionSchema } from './key-body.ts';
import { idParams, type Side, sides } from './key-side.ts';
import { rotateRoutes } from './rotate-routes.ts';

const keyChange = updateApiKeyInput.meta({ id: 'ApiKeyChange' });

/** The same verbs for owners, about their own keys, and for admins, about any key of their tenant. */
export function singleKeyRoutes(caller: Side['caller']): Route[] {
  const side = sides[caller];
  return [...readingRoutes(side), ...changingRoutes(side), ...rotateRoutes(side), ...blockRoutes(side)];
}

function readingRoutes({ caller, path, suffix, whose }: Side): Route[] {
  return [
    managementRoute({
      name: `getApiKey${suffix}`,
      method: 'GET',
      path,
      caller,
      summary: `Read ${whose}`,
      params: idParams,
      query: none,
      body: noBody,
      answers: { 200: keySchema },
      errors: ['key_not_found'],
      handle: async ({ keywright, actor, reach, params }) =>
        jsonAnswer(200, keyBody(await keywright.keys.get(actor, params.id, reach))),
    }),
    managementRoute({
      name: `getApiKeyUsage${suffix}`,
      method: 'GET',
      path: `${path}/usage`,
      caller,
      summary: `Usage of ${whose}`,
      params: idParams,
      query: usageInput,
      body: noBody,
      answers: { 200: usageSchema },
      errors: ['key_not_found'],
      handle: async ({ keywright, actor, reach, params, query }) =>
        jsonAnswer(200, usageBody(await keywright.usage.getForKey(actor, params.id, query, reach))),
    }),
  ];
}

function changingRoutes({ caller, path, suffix, whose }: Side): Route[] {
  return [
    managementRoute({
      name: `updateApiKey${suffix}`,
      method: 'PATCH',
      path,
      caller,
      summary: `Change ${whose}`,
      description:
        'What is absent stays, null clears, 0 allows nothing. `syncStatus` is `pending` until LiteLLM has followed.',
      params: idParams,
      query: none,
      body: keyChange,
      answers: { 200: keySchema },
      errors: [
        'key_not_found',
        'key_not_active',
        'model_not_in_subscription',
        'limit_above_maximum',
        'gateway_refused',
      ],
      handle: async ({ keywright, actor, reach, params, body }) =>
        jsonAnswer(200, keyBody(await keywright.keys.update(actor, params.id, body, reach))),
    }),
    managementRoute({
      name: `deleteApiKey${suffix}`,
      method: 'DELETE',
      path,
      caller,
      summary: `Delete ${whose} for good`,
      description: 'The key does not verify any more from this moment on; 202 when LiteLLM has yet to confirm.',
      params: idParams,
      query: none,
      body: noBody,
      idempotent: true,
      answers: { 200: keyDeletionSchema, 202: pendingKeyDeletionSchema },
      errors: ['key_not_found'],
      handle: async ({ keywright, actor, reach, params }) => {
        const deletion = await keywright.keys.delete(actor, params.id, reach);
        return jsonAnswer(deletion.isPending ? 202 : 200, keyDeletionBody(deletion));
      },
    }),
  ];
}
