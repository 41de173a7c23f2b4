import { rotateApiKeyInput } from '@keywright/core';
import { jsonAnswer } from '../http-message.ts';
import { managementRoute, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { idParams, type Side } from './key-side.ts';
import { rotatedKeyBody, rotatedKeySchema } from './secret-body.ts';

const rotation = rotateApiKeyInput.meta({ id: 'ApiKeyRotation', examples: [{ gracePeriodSeconds: 3_600 }] });

export function rotateRoutes({ caller, path, suffix, whose }: Side): Route[] {
  return [
    managementRoute({
      name: `rotateApiKey${suffix}`,
      method: 'POST',
      path: `${path}/rotate`,
      caller,
      summary: `Give ${whose} a new secret`,
      description:
        'Id, limits and usage stay. The old secret works for `gracePeriodSeconds` more (300 when left out), and never ' +
        'past the expiry of the key. The answer is the only place that ever shows the new one.',
      params: idParams,
      query: none,
      body: rotation,
      bodyIsOptional: true,
      idempotent: true,
      answers: { 200: rotatedKeySchema },
      errors: ['key_not_found', 'key_not_active', 'rotation_in_progress', 'gateway_refused', 'gateway_unavailable'],
      handle: async ({ keywright, actor, reach, params, body }) =>
        jsonAnswer(200, rotatedKeyBody(await keywright.keys.rotate(actor, params.id, body, reach))),
    }),
  ];
}
