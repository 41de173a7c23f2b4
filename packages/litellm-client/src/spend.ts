import { z } from 'zod';
import { walkPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { amount, keyHash, type NonEmpty, text } from './wire.ts';

/** Which calls. */
export interface SpendLogFilter {
  /** From this second on. */
  start_date: Date;
  /** Up to this second, inclusive. For a complete sweep it lies in the past: LiteLLM writes its logs late. */
  end_date: Date;
  /** The hash of a key's secret. */
  api_key?: string | undefined;
  user_id?: string | undefined;
  team_id?: string | undefined;
  request_id?: string | undefined;
  key_alias?: string | undefined;
  end_user?: string | undefined;
  model?: string | undefined;
  status_filter?: 'success' | 'failure' | undefined;
  /** USD. */
  min_spend?: number | undefined;
  max_spend?: number | undefined;
}

export interface ListSpendLogsRequest extends SpendLogFilter {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100. Default 50. */
  page_size?: number | undefined;
  /** Absent: newest first. */
  sort_by?: 'startTime' | 'endTime' | 'spend' | 'total_tokens' | undefined;
  sort_order?: 'asc' | 'desc' | undefined;
}

export interface DailyActivityRequest {
  /** The UTC day counts. */
  start_date: Date;
  /** The UTC day counts, and is included. */
  end_date: Date;
  /** The hash of a key's secret. */
  api_key?: string | undefined;
  model?: string | undefined;
  /** Only with `team`. */
  team_ids?: NonEmpty | undefined;
  /** Only with `customer`. */
  end_user_ids?: NonEmpty | undefined;
  /** From 1. */
  page?: number | undefined;
  /** 1 to 1000. Default 50. */
  page_size?: number | undefined;
}

const log = z.looseObject({
  request_id: z.string(),
  /** The hash of the key's secret. */
  api_key: text,
  /** USD; 0 for a call that failed. */
  spend: amount,
  prompt_tokens: amount,
  completion_tokens: amount,
  total_tokens: amount,
  model: text,
  model_group: text,
  startTime: text,
  endTime: text,
  user: text,
  team_id: text,
  end_user: text,
  status: text,
});
const logsAnswer = z.looseObject({
  data: z.array(log),
  total: z.number(),
  total_pages: z.number(),
  /** Newer versions count no further than 10 000. */
  total_is_capped: z.boolean().default(false),
});

const metrics = z.looseObject({
  spend: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  api_requests: z.number(),
  successful_requests: z.number(),
  failed_requests: z.number(),
});
const activityAnswer = z.looseObject({
  results: z.array(
    z.looseObject({
      date: z.string(),
      metrics,
      breakdown: z
        .looseObject({ api_keys: z.record(z.string(), z.looseObject({ metrics })).default({}) })
        .default({ api_keys: {} }),
    }),
  ),
  metadata: z.looseObject({ page: z.number(), total_pages: z.number(), has_more: z.boolean() }),
});

/** One call. `metadata` may show paths of LiteLLM's server: it is not for tenants. */
export type LiteLlmSpendLog = z.output<typeof log>;
export type SpendLogList = z.output<typeof logsAnswer>;
/** Days with what was used, in USD and tokens; in `breakdown.api_keys` for each key, by its hash. */
export type DailyActivity = z.output<typeof activityAnswer>;

/** Routes about what was spent. A key is named by its hash. Every method throws {@link LiteLlmError}. */
export interface SpendClient {
  /** One page of /spend/logs/v2. Calls that failed are in it (LL-C66). */
  logs(request: ListSpendLogsRequest, signal?: AbortSignal): Promise<SpendLogList>;
  /** Every call, oldest first, one page in memory at a time. Throws `inconsistent_pages` when logs are deleted meanwhile. */
  allLogs(filter: SpendLogFilter, signal?: AbortSignal): AsyncIterable<LiteLlmSpendLog>;
  /** One page of sums for each day: of users, that is of everything, or of what named a team or a customer (LL-C67). */
  dailyActivity(
    of: 'user' | 'team' | 'customer',
    request: DailyActivityRequest,
    signal?: AbortSignal,
  ): Promise<DailyActivity>;
}

export function createSpendClient(transport: Transport): SpendClient {
  const logs: SpendClient['logs'] = async (request, signal) => {
    const period = { start_date: toSecond(request.start_date), end_date: toSecond(request.end_date) };
    const query = { ...request, ...period, api_key: hashOf(request) };
    return transport.read('spend/logs/v2', logsAnswer, { query, signal });
  };
  return {
    logs,
    allLogs: (filter, signal) =>
      walkPages(100, async (page) => {
        const order = { sort_by: 'startTime', sort_order: 'asc' } as const;
        const answer = await logs({ ...filter, ...order, page, page_size: 100 }, signal);
        return { rows: answer.data, total: answer.total, capped: answer.total_is_capped };
      }),
    async dailyActivity(of, request, signal) {
      const { team_ids, end_user_ids, ...rest } = request;
      const query = {
        ...rest,
        start_date: toDay(request.start_date),
        end_date: toDay(request.end_date),
        api_key: hashOf(request),
        team_ids: team_ids?.join(','),
        end_user_ids: end_user_ids?.join(','),
      };
      return transport.read(`${of}/daily/activity`, activityAnswer, { query, signal });
    },
  };
}

function hashOf({ api_key }: { api_key?: string | undefined }): string | undefined {
  return api_key === undefined ? undefined : keyHash(api_key);
}

/** `2026-11-21 09:00:00`, in UTC: LiteLLM takes no other form. */
function toSecond(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

function toDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
