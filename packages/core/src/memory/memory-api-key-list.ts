import {
  type ApiKey,
  type ApiKeyFilter,
  type ApiKeyStatistics,
  type ApiKeyWithModels,
  apiKeyStatus,
  effectiveModels,
  type Page,
  type PageRequest,
} from '@keywright/core';
import { holds, pageOf } from './memory-page.ts';
import type { MemoryState } from './memory-state.ts';

export function withModels(state: MemoryState, key: Readonly<ApiKey>): ApiKeyWithModels {
  return { key, subscriptionModels: state.subscription(key.tenantId, key.subscriptionId)?.models ?? [] };
}

export function listKeys(
  state: MemoryState,
  tenantId: string,
  filter: ApiKeyFilter,
  page: PageRequest,
  nowMs: number,
): Page<ApiKeyWithModels> {
  const rows = shown(state, tenantId, filter.includeDeleting ?? false).filter((row) => fits(row, filter, nowMs));
  return pageOf(rows, page, (row) => row.key);
}

function shown(state: MemoryState, tenantId: string, includeDeleting: boolean): ApiKeyWithModels[] {
  return state.keys
    .all()
    .filter((key) => key.tenantId === tenantId)
    .filter((key) => key.lifecycle === 'active' || (includeDeleting && key.lifecycle === 'deleting'))
    .map((key) => withModels(state, key));
}

function fits(row: ApiKeyWithModels, filter: ApiKeyFilter, nowMs: number): boolean {
  const { key, subscriptionModels } = row;
  const { userId, subscriptionId, status, model, search } = filter;
  if (userId !== undefined && key.userId !== userId) return false;
  if (subscriptionId !== undefined && key.subscriptionId !== subscriptionId.toLowerCase()) return false;
  if (status !== undefined && apiKeyStatus(key, nowMs) !== status) return false;
  if (model !== undefined && !effectiveModels(key.models, subscriptionModels).includes(model)) return false;
  if (search === undefined) return true;
  return holds(key.name, search) || key.keyPrefix.toLowerCase().startsWith(search.toLowerCase());
}

export function statisticsOf(state: MemoryState, tenantId: string, userId: string, nowMs: number): ApiKeyStatistics {
  const rows = shown(state, tenantId, false).filter(({ key }) => key.userId === userId);
  const statuses = tally(rows.map(({ key }) => apiKeyStatus(key, nowMs)));
  const bySubscription = tally(rows.map(({ key }) => key.subscriptionId));
  const byModel = tally(rows.flatMap(({ key, subscriptionModels }) => effectiveModels(key.models, subscriptionModels)));
  return {
    total: rows.length,
    active: statuses.get('active') ?? 0,
    expired: statuses.get('expired') ?? 0,
    blocked: statuses.get('blocked') ?? 0,
    bySubscription: Array.from(bySubscription, ([subscriptionId, count]) => ({ subscriptionId, count })),
    byModel: Array.from(byModel, ([model, count]) => ({ model, count })),
  };
}

function tally<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
