import {
  bulkDeleteInput,
  bulkLimit,
  createApiKeyForUserInput,
  createApiKeyInput,
  listApiKeysInput,
  listTenantApiKeysInput,
} from '@keywright/core';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { bulkDeletionBody, bulkDeletionSchema } from './bulk-delete-body.ts';
import { keyBody, keyListSchema, keyStatisticsBody, keyStatisticsSchema } from './key-body.ts';
import { createdKeyBody, createdKeySchema } from './secret-body.ts';
import { singleKeyRoutes } from './single-key-routes.ts';

const createErrors = [
  'subscription_not_found',
  'subscription_inactive',
  'user_inactive',
  'tenant_inactive',
  'model_not_in_subscription',
  'limit_above_maximum',
  'key_limit_reached',
  'gateway_refused',
  'gateway_unavailable',
] as const;

const newestFirst = pageQuery('uuid');

export const ownKeyRoutes: readonly Route[] = [
  managementRoute({
    name: 'createApiKey',
    method: 'POST',
    path: '/api-keys',
    caller: 'user',
    summary: 'Create an API key',
    description: 'In both systems or in neither. The answer is the only place that ever shows the secret.',
    params: none,
    query: none,
    body: createApiKeyInput.meta({ id: 'NewApiKey', examples: [{ name: 'ci', models: ['gpt-4o'], maxBudget: '25' }] }),
    idempotent: true,
    answers: { 201: createdKeySchema },
    errors: createErrors,
    handle: async ({ keywright, actor, body }) =>
      jsonAnswer(201, createdKeyBody(await keywright.keys.create(actor, body))),
  }),
  managementRoute({
    name: 'listApiKeys',
    method: 'GET',
    path: '/api-keys',
    caller: 'user',
    summary: 'List your API keys, newest first',
    params: none,
    query: listApiKeysInput.extend(newestFirst.shape),
    body: noBody,
    answers: { 200: keyListSchema },
    errors: [],
    handle: async ({ keywright, actor, query: { limit, cursor, ...filter } }) =>
      jsonAnswer(200, listBody(await keywright.keys.list(actor, filter, toPageRequest({ limit, cursor })), keyBody)),
  }),
  managementRoute({
    name: 'getApiKeyStatistics',
    method: 'GET',
    path: '/api-keys/stats',
    caller: 'user',
    summary: 'Count your API keys',
    params: none,
    query: none,
    body: noBody,
    answers: { 200: keyStatisticsSchema },
    errors: [],
    handle: async ({ keywright, actor }) => jsonAnswer(200, keyStatisticsBody(await keywright.keys.statistics(actor))),
  }),
  ...singleKeyRoutes('user'),
];

export const adminKeyRoutes: readonly Route[] = [
  managementRoute({
    name: 'createApiKeyForUser',
    method: 'POST',
    path: '/admin/api-keys',
    caller: 'admin',
    summary: 'Create an API key for a user of the tenant',
    params: none,
    query: none,
    body: createApiKeyForUserInput.meta({ id: 'NewApiKeyForUser', examples: [{ userId: 'alice', name: 'ci' }] }),
    idempotent: true,
    answers: { 201: createdKeySchema },
    errors: createErrors,
    handle: async ({ keywright, actor, reach, body }) =>
      jsonAnswer(201, createdKeyBody(await keywright.keys.createFor(actor, body, reach))),
  }),
  managementRoute({
    name: 'listTenantApiKeys',
    method: 'GET',
    path: '/admin/api-keys',
    caller: 'admin',
    summary: "List the tenant's API keys, newest first",
    params: none,
    query: listTenantApiKeysInput.extend(newestFirst.shape),
    body: noBody,
    answers: { 200: keyListSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, query: { limit, cursor, ...filter } }) =>
      jsonAnswer(
        200,
        listBody(await keywright.keys.list(actor, filter, toPageRequest({ limit, cursor }), reach), keyBody),
      ),
  }),
  managementRoute({
    name: 'bulkDeleteApiKeys',
    method: 'POST',
    path: '/admin/api-keys/bulk-delete',
    caller: 'admin',
    summary: "Delete the tenant's API keys that match",
    description: `Only tells which, unless \`dryRun\` is false. At most ${bulkLimit} keys a call; each is deleted by itself.`,
    params: none,
    query: none,
    body: bulkDeleteInput.meta({ id: 'ApiKeyBulkDeletion', examples: [{ userId: 'alice', dryRun: false }] }),
    answers: { 200: bulkDeletionSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, body }) =>
      jsonAnswer(200, bulkDeletionBody(await keywright.keys.bulkDelete(actor, body, reach))),
  }),
  ...singleKeyRoutes('admin'),
];
