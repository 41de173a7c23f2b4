import type { GatewayFailure } from '@keywright/core';
import { readErrorReport } from '../errors/error-report.ts';
import { redact } from '../errors/redact.ts';
import { retryAfterSeconds } from '../errors/retry-after.ts';
import { failureKind } from './failure-kind.ts';

/** A call that LiteLLM answered with something else than success. */
export interface FailedAnswer {
  status: number;
  /** The parsed body; undefined when it is no JSON. */
  body: unknown;
  /** Lower case. */
  headers: Record<string, string | undefined>;
  nowMs: number;
  /** Blanked in the message. */
  secrets: readonly string[];
}

/** Reads what LiteLLM says of a call that failed (reference, 3.4). Pure. */
export function readFailure(answer: FailedAnswer): GatewayFailure {
  const report = readErrorReport(answer.body);
  const { status } = answer;
  const { type = null, message = '' } = report ?? {};
  const kind = failureKind({ status, type, message, readable: report !== undefined });
  return {
    kind,
    status,
    message: redact(message, answer.secrets) || `LiteLLM, or what stands before it, answered ${status}.`,
    param: report?.param ? redact(report.param, answer.secrets) : null,
    retryAfterSeconds: waitOf(answer, message),
  };
}

/** A provider's own wait is in a header of its own only (LL-C76); of a cooldown, 1.81.12 tells it in the text only. */
function waitOf({ headers, nowMs }: FailedAnswer, message: string): number | null {
  const told = headers['retry-after'] ?? headers['llm_provider-retry-after'] ?? tryAgain.exec(message)?.[1];
  return retryAfterSeconds(told, nowMs);
}

const tryAgain = /^No deployments available.*? Try again in (\d+(?:\.\d+)?) seconds/s;

/**
 * Reads the `error` object of an event inside a stream (E5), which comes after status 200. Its own `code` stands for the
 * status; 500 when it has none.
 */
export function readStreamFailure(error: unknown, secrets: readonly string[]): GatewayFailure {
  const body = { error };
  const code = readErrorReport(body)?.code ?? 500;
  return readFailure({
    status: code >= 400 && code <= 599 ? code : 500,
    body,
    headers: {},
    nowMs: Date.now(),
    secrets,
  });
}

/** LiteLLM gave no answer, or an unusable one. */
export function gatewayDown(message: string, status = 0): GatewayFailure {
  return { kind: 'gateway_down', status, message, param: null, retryAfterSeconds: null };
}
