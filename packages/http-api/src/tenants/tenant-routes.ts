import { createTenantInput, hostId, listTenantsInput, updateTenantInput } from '@keywright/core';
import { z } from 'zod';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { trueOrFalse } from '../routing/true-or-false.ts';
import { tenantBody, tenantListSchema, tenantSchema } from './tenant-body.ts';

const idParams = z.strictObject({ id: hostId.meta({ description: 'Id of the tenant, as the host gave it.' }) });

export const tenantRoutes: readonly Route[] = [
  managementRoute({
    name: 'listTenants',
    method: 'GET',
    path: '/admin/tenants',
    caller: 'operator',
    summary: 'List the tenants, newest first',
    params: none,
    query: listTenantsInput.extend({ isActive: trueOrFalse.optional() }).extend(pageQuery('host-id').shape),
    body: noBody,
    answers: { 200: tenantListSchema },
    errors: [],
    handle: async ({ keywright, actor, query: { limit, cursor, ...filter } }) =>
      jsonAnswer(
        200,
        listBody(await keywright.tenants.list(actor, filter, toPageRequest({ limit, cursor })), tenantBody),
      ),
  }),
  managementRoute({
    name: 'createTenant',
    method: 'POST',
    path: '/admin/tenants',
    caller: 'operator',
    summary: 'Record a tenant',
    description: 'A tenant that is never recorded here is with its first subscription.',
    params: none,
    query: none,
    body: createTenantInput.meta({ id: 'NewTenant', examples: [{ id: 'acme', name: 'Acme Corporation' }] }),
    answers: { 201: tenantSchema },
    errors: ['tenant_exists'],
    handle: async ({ keywright, actor, body }) =>
      jsonAnswer(201, tenantBody(await keywright.tenants.create(actor, body))),
  }),
  managementRoute({
    name: 'getTenant',
    method: 'GET',
    path: '/admin/tenants/:id',
    caller: 'operator',
    summary: 'Read a tenant',
    params: idParams,
    query: none,
    body: noBody,
    answers: { 200: tenantSchema },
    errors: ['tenant_not_found'],
    handle: async ({ keywright, actor, params }) =>
      jsonAnswer(200, tenantBody(await keywright.tenants.get(actor, params.id))),
  }),
  managementRoute({
    name: 'updateTenant',
    method: 'PATCH',
    path: '/admin/tenants/:id',
    caller: 'operator',
    summary: 'Change a tenant',
    description:
      'What is absent stays, null clears. The keys of a tenant that is deactivated do not verify from this moment on; ' +
      'LiteLLM follows.',
    params: idParams,
    query: none,
    body: updateTenantInput.meta({ id: 'TenantChange', examples: [{ isActive: false }] }),
    answers: { 200: tenantSchema },
    errors: ['tenant_not_found'],
    handle: async ({ keywright, actor, params, body }) =>
      jsonAnswer(200, tenantBody(await keywright.tenants.update(actor, params.id, body))),
  }),
];
