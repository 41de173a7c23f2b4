import { type Route, ungrouped } from '../http/routes.ts';
import {
  blockCustomers,
  customerIds,
  customerInfo,
  customerParameters,
  deleteCustomers,
  listCustomers,
  newCustomer,
  unblockCustomers,
  updateCustomer,
} from './customer-routes.ts';
import { customerFields } from './customer-row.ts';

const writing = { ...ungrouped, method: 'POST' } as const;
const reading = { ...ungrouped, method: 'GET' } as const;

/** LiteLLM's older name for the same routes goes on working. */
const named = (name: string) => [`/customer/${name}`, `/end_user/${name}`];

export const customerRoutes: Route[] = [
  { ...writing, paths: named('new'), body: customerFields, handle: newCustomer },
  { ...writing, paths: named('update'), body: customerFields, handle: updateCustomer },
  { ...writing, paths: named('delete'), body: customerIds, handle: deleteCustomers },
  { ...writing, paths: named('block'), body: customerIds, handle: blockCustomers },
  { ...writing, paths: named('unblock'), body: customerIds, handle: unblockCustomers },
  { ...reading, paths: named('info'), query: customerParameters, handle: customerInfo },
  { ...reading, paths: named('list'), handle: listCustomers },
];
