import { type Route, ungrouped } from '../http/routes.ts';
import { calculateSpend } from './calculate-spend.ts';
import {
  customerDailyActivity,
  dailyActivityParameters,
  organizationDailyActivity,
  teamDailyActivity,
  userDailyActivity,
} from './daily-activity.ts';
import { spendLogPage, spendLogPageParameters, spendLogParameters, spendLogs } from './read-logs.ts';

/** Admins see everything, users their own. */
const reading = { groups: ['management_routes'], method: 'GET', caller: 'key-manager' } as const;
const activity = { ...reading, query: dailyActivityParameters } as const;

export const spendRoutes: Route[] = [
  { ...reading, paths: ['/spend/logs'], query: spendLogParameters, handle: spendLogs },
  { ...reading, paths: ['/spend/logs/v2'], query: spendLogPageParameters, handle: spendLogPage },
  { ...ungrouped, method: 'POST', caller: 'any-key', paths: ['/spend/calculate'], handle: calculateSpend },
  { ...activity, paths: ['/user/daily/activity'], handle: userDailyActivity },
  { ...activity, paths: ['/team/daily/activity'], handle: teamDailyActivity },
  { ...activity, paths: ['/organization/daily/activity'], handle: organizationDailyActivity },
  { ...activity, paths: ['/customer/daily/activity'], handle: customerDailyActivity },
];
