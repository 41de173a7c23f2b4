import { hostId, listUsersInput } from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { userBody, userListSchema, userSchema } from './user-body.ts';

/** A query is text, so the word stands for the value. */
const trueOrFalse = z
  .enum(['true', 'false'], { error: 'should be true or false' })
  .transform((word) => word === 'true')
  .meta({ type: 'boolean' });

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
    params: z.strictObject({ id: hostId.meta({ description: 'Id of the user, as the host gave it.' }) }),
    query: none,
    body: noBody,
    answers: { 200: userSchema },
    errors: ['user_not_found'],
    handle: async ({ keywright, actor, reach, params }) =>
      jsonAnswer(200, userBody(await keywright.users.get(actor, params.id, reach))),
  }),
];
