import { z } from 'zod';
import { invalidField } from '../errors.ts';
import { parseInput, shownName, text } from '../input.ts';
import type { Model } from '../models/model.ts';
import { fieldOf } from './event-stream.ts';
import type { RelayPath } from './ports.ts';

/**
 * The fields that pass: OpenAI's own, and parameters of other providers that touch nothing but the model. Everything
 * else is refused, because LiteLLM takes many fields, and more with each version, as orders to itself: where it calls,
 * with whose credentials, at what price, for whom.
 */
const passedFields: Record<RelayPath, ReadonlySet<string>> = {
  '/v1/chat/completions': new Set(
    (
      'model messages audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens ' +
      'max_tokens modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key ' +
      'prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop stream ' +
      'stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options ' +
      'min_p repetition_penalty thinking top_k'
    ).split(' '),
  ),
  '/v1/embeddings': new Set(['model', 'input', 'dimensions', 'encoding_format', 'user']),
};

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
 * Reads a body. Throws `validation_failed` with the field. Fields that do not pass are refused rather than dropped, so
 * that nobody believes that they worked.
 *
 * @param allowed further fields that the host lets through
 */
export function readRelayBody(path: RelayPath, body: unknown, allowed: ReadonlySet<string>): RelayRequest {
  const isChat = path === '/v1/chat/completions';
  const parsed: Record<string, unknown> & { model: string } = isChat
    ? parseInput(chatShape, body)
    : parseInput(embeddingsShape, body);
  const refused = Object.keys(parsed).find((field) => !passedFields[path].has(field) && !allowed.has(field));
  if (refused !== undefined) {
    throw invalidField(
      shownName(refused),
      'is not accepted here; leave it out, or ask the host to allow it (allowedFields)',
    );
  }
  const { user, ...fields } = parsed;
  return {
    path,
    model: parsed.model,
    fields,
    isStreamed: isChat && fields.stream === true,
    wantsUsage: fieldOf(fields.stream_options, 'include_usage') === true,
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
