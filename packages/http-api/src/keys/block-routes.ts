import { jsonAnswer } from '../http-message.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { keyBody, keySchema } from './key-body.ts';
import { idParams, type Side } from './key-side.ts';

export function blockRoutes({ caller, path, suffix, whose }: Side): Route[] {
  return [
    managementRoute({
      name: `blockApiKey${suffix}`,
      method: 'POST',
      path: `${path}/block`,
      caller,
      summary: `Block ${whose}`,
      description: 'It does not verify any more from this moment on, until whoever blocked it lifts that.',
      params: idParams,
      query: none,
      body: noBody,
      answers: { 200: keySchema },
      errors: ['key_not_found', 'key_not_active'],
      handle: async ({ keywright, actor, reach, params }) =>
        jsonAnswer(200, keyBody(await keywright.keys.block(actor, params.id, reach))),
    }),
    managementRoute({
      name: `unblockApiKey${suffix}`,
      method: 'POST',
      path: `${path}/unblock`,
      caller,
      summary: `Lift the block of ${whose}`,
      description:
        "Owner and admin each lift only their own block, and an owner none while there is an admin's. `blockedBy` says " +
        'whose is left.',
      params: idParams,
      query: none,
      body: noBody,
      answers: { 200: keySchema },
      errors: [
        ...(caller === 'user' ? (['forbidden'] as const) : []), // while an admin holds the key
        'key_not_found',
        'key_not_active',
        'gateway_refused',
      ],
      handle: async ({ keywright, actor, reach, params }) =>
        jsonAnswer(200, keyBody(await keywright.keys.unblock(actor, params.id, reach))),
    }),
  ];
}
