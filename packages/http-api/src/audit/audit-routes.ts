import { listAuditInput } from '@keywright/core';
import { jsonAnswer } from '../http-message.ts';
import { pageQuery, toPageRequest } from '../lists/cursor.ts';
import { listBody } from '../lists/list-body.ts';
import { managementRoute, noBody, none } from '../management-route.ts';
import type { Route } from '../route.ts';
import { auditEntryBody, auditListSchema } from './audit-body.ts';

export const auditRoutes: readonly Route[] = [
  managementRoute({
    name: 'listAuditLogs',
    method: 'GET',
    path: '/admin/audit-logs',
    caller: 'admin',
    summary: 'Who did what in the tenant, newest first',
    params: none,
    query: listAuditInput.extend(pageQuery('uuid').shape),
    body: noBody,
    answers: { 200: auditListSchema },
    errors: [],
    handle: async ({ keywright, actor, reach, query: { limit, cursor, ...filter } }) => {
      const page = await keywright.audit.list(actor, filter, toPageRequest({ limit, cursor }), reach);
      return jsonAnswer(200, listBody(page, auditEntryBody));
    },
  }),
];
