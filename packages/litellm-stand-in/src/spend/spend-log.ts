import { toUsd } from '../money.ts';
import { isoFormat } from '../python.ts';

/** One model call, as LiteLLM_SpendLogs keeps it. */
export interface SpendLog {
  requestId: string;
  callType: 'acompletion' | 'aembedding';
  /** SHA-256 of the key. */
  token: string;
  keyAlias: string | null;
  /** Nano-USD. */
  spend: bigint;
  promptTokens: number;
  completionTokens: number;
  startTime: Date;
  endTime: Date;
  /** Model as the caller named it. */
  modelGroup: string;
  /** Deployment that answered; empty when none did. */
  modelId: string;
  /** Provider in front of the model's name; empty when none answered. */
  provider: string;
  userId: string | null;
  teamId: string | null;
  organizationId: string | null;
  customerId: string | null;
  /** Why it failed; null when it did not. */
  error: { code: string; class: string; message: string } | null;
}

/** The model as spend is reported by it. */
export function reportedModel({ provider, modelGroup }: SpendLog): string {
  return provider === '' ? modelGroup : `${provider}/${modelGroup}`;
}

/** The row as answers show it. */
export function spendLogBody(log: SpendLog): Record<string, unknown> {
  const status = log.error ? 'failure' : 'success';
  const [start, end] = [isoFormat(log.startTime), isoFormat(log.endTime)];
  return {
    request_id: log.requestId,
    call_type: log.callType,
    api_key: log.token,
    spend: toUsd(log.spend),
    total_tokens: log.promptTokens + log.completionTokens,
    prompt_tokens: log.promptTokens,
    completion_tokens: log.completionTokens,
    startTime: start,
    endTime: end,
    completionStartTime: end,
    request_duration_ms: log.endTime.getTime() - log.startTime.getTime(),
    model: reportedModel(log),
    model_id: log.modelId,
    model_group: log.error && log.provider === '' ? '' : log.modelGroup,
    custom_llm_provider: log.provider,
    api_base: '',
    user: log.userId ?? '',
    metadata: {
      status,
      user_api_key: log.token,
      user_api_key_alias: log.keyAlias,
      user_api_key_user_id: log.userId,
      user_api_key_team_id: log.teamId,
      user_api_key_org_id: log.organizationId,
      error_information: log.error && {
        error_code: log.error.code,
        error_class: log.error.class,
        error_message: log.error.message,
        llm_provider: log.provider,
        traceback: '',
      },
      usage_object: log.error ? {} : { prompt_tokens: log.promptTokens, completion_tokens: log.completionTokens },
    },
    cache_hit: 'False',
    cache_key: 'Cache OFF',
    request_tags: [],
    team_id: log.teamId ?? '',
    organization_id: log.organizationId ?? '',
    end_user: log.customerId ?? '',
    requester_ip_address: '127.0.0.1',
    session_id: log.requestId,
    status,
    messages: {},
    response: {},
    proxy_server_request: {},
  };
}
