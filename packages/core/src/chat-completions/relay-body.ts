import { z } from 'zod';
import { KeywrightError } from '../errors.ts';
import { parseInput, text } from '../input.ts';
import type { Model } from '../models/model.ts';
import type { RelayPath } from './ports.ts';

/** Fields that steer LiteLLM itself: where it calls, with whose credentials, at what price, for whom. */
const steeringFields = new Set([
  'allowed_model_region',
  'api_base',
  'api_key',
  'api_type',
  'api_version',
  'base_url',
  'cache',
  'caching',
  'content_policy_fallbacks',
  'context_window_fallbacks',
  'cooldown_time',
  'custom_llm_provider',
  'deployment_id',
  'disable_fallbacks',
  'drop_params',
  'extra_body',
  'extra_headers',
  'fallbacks',
  'guardrail_config',
  'guardrails',
  'headers',
  'hf_model_name',
  'max_retries',
  'metadata',
  'mock_response',
  'mock_timeout',
  'mock_tool_calls',
  'model_config',
  'model_group',
  'model_info',
  'model_list',
  'no-log',
  'num_retries',
  'organization',
  'policies',
  'preset_cache_key',
  'prompt_id',
  'prompt_variables',
  'proxy_server_request',
  'region_name',
  'request_timeout',
  'router_settings',
  'secret_fields',
  'specific_deployment',
  'ssl_verify',
  'stream_timeout',
  'tags',
  'timeout',
  'ttl',
  'use_litellm_proxy',
  'user_config',
  'base_model',
  'azure_ad_token',
  'client_id',
  'client_secret',
  'tenant_id',
]);

const steeringPrefixes = [
  'litellm_',
  'mock_testing_',
  'input_cost_per_',
  'output_cost_per_',
  'user_api_key',
  'aws_',
  'vertex_',
  'watsonx_',
  's3_',
  'gcs_',
];

function steers(field: string): boolean {
  return steeringFields.has(field) || steeringPrefixes.some((prefix) => field.startsWith(prefix));
}

const chatShape = z.looseObject({
  model: text(255),
  messages: z.array(z.unknown(), { error: 'should be a list of messages' }).min(1, 'should hold at least one message'),
  stream: z.boolean({ error: 'should be true or false' }).nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }, { error: 'should be an object' }).nullish(),
});

const embeddingsShape = z.looseObject({
  model: text(255),
  input: z.union([z.string(), z.array(z.unknown()).min(1)], { error: 'should be a text or a list that is not empty' }),
});

/** A call's body, read once. */
export interface RelayRequest {
  path: RelayPath;
  model: string;
  /** As the caller sent it, without `user`: the caller is the key, whatever the body says. */
  fields: Record<string, unknown>;
  isStreamed: boolean;
  /** Whether the caller asked for the usage chunk; when not, it is taken out of the answer again. */
  wantsUsage: boolean;
  /** An estimate for calls whose answer carries no usage: four characters are about one token. */
  estimatedInputTokens: number;
}

/**
 * Reads a body. Throws `validation_failed` with the field. Fields that steer LiteLLM are refused rather than dropped,
 * so that nobody believes that they worked.
 *
 * @param allowed steering fields that the host lets through
 */
export function readRelayBody(path: RelayPath, body: unknown, allowed: ReadonlySet<string>): RelayRequest {
  const isChat = path === '/v1/chat/completions';
  const parsed: Record<string, unknown> & { model: string } = isChat
    ? parseInput(chatShape, body)
    : parseInput(embeddingsShape, body);
  const steering = Object.keys(parsed).find((field) => steers(field) && !allowed.has(field));
  if (steering !== undefined) {
    const message = 'is not accepted here: it would steer the gateway; leave it out';
    throw new KeywrightError('validation_failed', `${steering}: ${message}`, { errors: [{ path: steering, message }] });
  }
  const { user, ...fields } = parsed;
  const options = fields.stream_options;
  return {
    path,
    model: parsed.model,
    fields,
    isStreamed: isChat && fields.stream === true,
    wantsUsage:
      typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true,
    estimatedInputTokens: Math.ceil(JSON.stringify(isChat ? fields.messages : fields.input).length / 4),
  };
}

/**
 * The body as it goes to LiteLLM: usage is always asked for, and the output is capped at the model's maximum where the
 * caller gave no cap, because LiteLLM from 1.104 on reserves up to the key's whole budget for a call without one.
 */
export function writeRelayBody(request: RelayRequest, model: Model | undefined): Record<string, unknown> {
  const { fields, isStreamed, path } = request;
  const hasCap = fields.max_tokens != null || fields.max_completion_tokens != null;
  const cap = path === '/v1/chat/completions' && !hasCap ? model?.maxOutputTokens : null;
  return {
    ...fields,
    ...(cap != null && { max_tokens: cap }),
    ...(isStreamed && { stream_options: { ...objectOrNothing(fields.stream_options), include_usage: true } }),
  };
}

function objectOrNothing(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
