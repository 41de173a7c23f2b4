import { hostId, listUsersInput, updateUserInput } from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { trueOrFalse } from '../routing/true-or-false.ts';
import { userBody, userListSchema, userSchema } from './user-body.ts';

const idParams = z.strictObject({ id: hostId.meta({ description: 'Id of the user, as the host gave it.' }) });

export const userRoutes: readonly Route[] = [
  managementRoute({
    name: 'listUsers',
    method: 'GET',
    path: '/admin/users',
    caller: 'admin',
    summary: "List the tenant's users, newest first",
    params: none,
    query: listUsersInput.extend({ isActive: trueOrFalse.optional() }).extend(pageQuery('host-id').shape),
    body: noBody,
    answers: { 200: userListSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, query: { limit, cursor, ...filter } }) => {
      const page = await keywright.users.list(actor, filter, toPageRequest({ limit, cursor }), reach);
      return jsonAnswer(200, listBody(page, userBody));
    },
  }),
  managementRoute({
    name: 'getUser',
    method: 'GET',
    path: '/admin/users/:id',
    caller: 'admin',
    summary: 'Read a user of the tenant',
    params: idParams,
    query: none,
    body: noBody,
    answers: { 200: userSchema },
    errors: ['user_not_found'],
    handle: async ({ keywright, actor, reach, params }) =>
      jsonAnswer(200, userBody(await keywright.users.get(actor, params.id, reach))),
  }),
  managementRoute({
    name: 'updateUser',
    method: 'PATCH',
    path: '/admin/users/:id',
    caller: 'admin',
    summary: 'Change a user of the tenant',
    description:
      'What is absent stays, null clears, 0 allows nothing. The keys of a user who is deactivated do not verify from this ' +
      'moment on; `syncStatus` is `pending` until LiteLLM has followed.',
    params: idParams,
    query: none,
    body: updateUserInput.meta({ id: 'UserChange', examples: [{ isActive: false }, { maxBudget: '100' }] }),
    answers: { 200: userSchema },
    errors: ['user_not_found'],
    handle: async ({ keywright, actor, reach, params, body }) =>
      jsonAnswer(200, userBody(await keywright.users.update(actor, params.id, body, reach))),
  }),
];
