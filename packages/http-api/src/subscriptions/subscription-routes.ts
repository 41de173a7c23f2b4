import {
  createSubscriptionInput,
  listSubscriptionsInput,
  listTenantSubscriptionsInput,
  updateSubscriptionInput,
} from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { subscriptionBody, subscriptionListSchema, subscriptionSchema } from './subscription-body.ts';

const idParams = z.strictObject({ id: z.string().meta({ description: 'Id of the subscription.' }) });
const newestFirst = pageQuery('uuid');

export const subscriptionRoutes: readonly Route[] = [
  managementRoute({
    name: 'listSubscriptions',
    method: 'GET',
    path: '/subscriptions',
    caller: 'user',
    summary: 'List your subscriptions, newest first',
    params: none,
    query: listSubscriptionsInput.extend(newestFirst.shape),
    body: noBody,
    answers: { 200: subscriptionListSchema },
    errors: [],
    handle: async ({ keywright, actor, query: { limit, cursor, ...filter } }) =>
      jsonAnswer(
        200,
        listBody(await keywright.subscriptions.list(actor, filter, toPageRequest({ limit, cursor })), subscriptionBody),
      ),
  }),
];

export const adminSubscriptionRoutes: readonly Route[] = [
  managementRoute({
    name: 'listTenantSubscriptions',
    method: 'GET',
    path: '/admin/subscriptions',
    caller: 'admin',
    summary: "List the tenant's subscriptions, newest first",
    params: none,
    query: listTenantSubscriptionsInput.extend(newestFirst.shape),
    body: noBody,
    answers: { 200: subscriptionListSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, query: { limit, cursor, ...filter } }) => {
      const page = await keywright.subscriptions.list(actor, filter, toPageRequest({ limit, cursor }), reach);
      return jsonAnswer(200, listBody(page, subscriptionBody));
    },
  }),
  managementRoute({
    name: 'createSubscription',
    method: 'POST',
    path: '/admin/subscriptions',
    caller: 'admin',
    summary: 'Give a user a subscription',
    description: 'A user whom the tenant has not had yet is recorded on the way.',
    params: none,
    query: none,
    body: createSubscriptionInput.meta({ id: 'NewSubscription' }),
    answers: { 201: subscriptionSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, body }) =>
      jsonAnswer(201, subscriptionBody(await keywright.subscriptions.create(actor, body, reach))),
  }),
  managementRoute({
    name: 'getSubscription',
    method: 'GET',
    path: '/admin/subscriptions/:id',
    caller: 'admin',
    summary: 'Read a subscription of the tenant',
    params: idParams,
    query: none,
    body: noBody,
    answers: { 200: subscriptionSchema },
    errors: ['subscription_not_found'],
    handle: async ({ keywright, actor, reach, params }) =>
      jsonAnswer(200, subscriptionBody(await keywright.subscriptions.get(actor, params.id, reach))),
  }),
  managementRoute({
    name: 'updateSubscription',
    method: 'PATCH',
    path: '/admin/subscriptions/:id',
    caller: 'admin',
    summary: 'Change a subscription of the tenant',
    description: 'What is narrowed or suspended binds every key of the subscription at once; LiteLLM follows.',
    params: idParams,
    query: none,
    body: updateSubscriptionInput.meta({ id: 'SubscriptionChange' }),
    answers: { 200: subscriptionSchema },
    errors: ['subscription_not_found', 'invalid_transition'],
    handle: async ({ keywright, actor, reach, params, body }) =>
      jsonAnswer(200, subscriptionBody(await keywright.subscriptions.update(actor, params.id, body, reach))),
  }),
  managementRoute({
    name: 'deleteSubscription',
    method: 'DELETE',
    path: '/admin/subscriptions/:id',
    caller: 'admin',
    summary: 'Delete a subscription that no API key hangs on',
    params: idParams,
    query: none,
    body: noBody,
    answers: { 204: null },
    errors: ['subscription_not_found', 'subscription_in_use'],
    handle: async ({ keywright, actor, reach, params }) => {
      await keywright.subscriptions.delete(actor, params.id, reach);
      return { status: 204, headers: {}, body: undefined };
    },
  }),
];
