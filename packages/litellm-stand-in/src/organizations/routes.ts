import { type Route, ungrouped } from '../http/routes.ts';
import {
  deleteOrganizations,
  listOrganizations,
  newOrganization,
  newOrganizationFields,
  organizationIds,
  organizationInfo,
  organizationListParameters,
  organizationParameters,
  updateOrganization,
} from './organization-routes.ts';
import { organizationFields } from './organization-row.ts';

const path = '/organization';
const reading = { groups: ['info_routes'], method: 'GET', caller: 'any-key' } as const;

export const organizationRoutes: Route[] = [
  { ...ungrouped, method: 'POST', paths: [`${path}/new`], body: newOrganizationFields, handle: newOrganization },
  { ...ungrouped, method: 'PATCH', paths: [`${path}/update`], body: organizationFields, handle: updateOrganization },
  { ...ungrouped, method: 'DELETE', paths: [`${path}/delete`], body: organizationIds, handle: deleteOrganizations },
  { ...reading, paths: [`${path}/info`], query: organizationParameters, handle: organizationInfo },
  { ...reading, paths: [`${path}/list`], query: organizationListParameters, handle: listOrganizations },
];
