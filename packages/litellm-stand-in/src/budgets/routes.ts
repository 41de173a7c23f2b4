import { type Route, ungrouped } from '../http/routes.ts';
import {
  budgetBodies,
  budgetFields,
  budgetInfo,
  budgetSettings,
  deleteBudget,
  listBudgets,
  newBudget,
  updateBudget,
} from './budget-routes.ts';
import { managementBudgetParameters, managementBudgets } from './management-budgets.ts';

const writing = { ...ungrouped, method: 'POST' } as const;
const reading = { ...ungrouped, method: 'GET' } as const;

export const budgetRoutes: Route[] = [
  { ...writing, paths: ['/budget/new'], body: budgetFields, handle: newBudget },
  { ...writing, paths: ['/budget/update'], body: budgetFields, handle: updateBudget },
  { ...writing, paths: ['/budget/info'], body: budgetBodies.list, handle: budgetInfo },
  { ...writing, paths: ['/budget/delete'], body: budgetBodies.one, handle: deleteBudget },
  { ...reading, paths: ['/budget/list'], handle: listBudgets },
  { ...reading, paths: ['/budget/settings'], query: budgetBodies.asked, handle: budgetSettings },
  {
    ...reading,
    since: '1.104.0',
    paths: ['/management/v1/budgets'],
    query: managementBudgetParameters,
    handle: managementBudgets,
  },
];
