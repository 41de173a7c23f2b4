import type { Clock } from '@keywright/core';
import { LiteLlmError } from './errors/litellm-error.ts';

export interface CircuitBreakerOptions {
  /** Outages in a row after which calls are held back. */
  failures: number;
  /** Milliseconds that they are held back before one call may try. */
  openMs: number;
}

/** What the end of a call says about LiteLLM: that it is there, that it is not, or nothing. */
export type Outcome = 'up' | 'down' | 'unknown';

export interface CircuitBreaker {
  /**
   * Makes the call, unless calls are held back.
   *
   * @throws LiteLlmError `circuit_open`, at once, and nothing was sent
   */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Closed: every call passes. Open, after `failures` outages in a row: none does, so that a LiteLLM in trouble is not
 * pressed and callers need not wait for its deadline. After `openMs` one call passes as a probe and decides.
 */
export function createCircuitBreaker({ failures, openMs }: CircuitBreakerOptions, clock: Clock): CircuitBreaker {
  let inARow = 0;
  let openedAt: number | null = null;
  let probing = false;

  const isProbe = () => {
    if (openedAt === null) return false;
    const passedMs = clock.now() - openedAt; // negative when the machine's clock was set back: do not wait for it
    if (probing || (passedMs >= 0 && passedMs < openMs)) throw circuitOpen(openMs - passedMs);
    return true;
  };
  const note = (outcome: Outcome, probe: boolean) => {
    if (outcome === 'up') {
      inARow = 0;
      openedAt = null;
    }
    if (outcome !== 'down') return;
    inARow += 1;
    // a call from before it opened, that fails only now, does not keep it open for longer
    if (probe || (openedAt === null && inARow >= failures)) openedAt = clock.now();
  };

  return {
    async run(call) {
      const probe = isProbe();
      if (probe) probing = true;
      try {
        const result = await call();
        note('up', probe);
        return result;
      } catch (error) {
        note(outcomeOf(error), probe);
        throw error;
      } finally {
        if (probe) probing = false;
      }
    },
  };
}

/** Any answer below 500 shows that LiteLLM works; a call that was given up, or not read as LiteLLM's, shows nothing. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof LiteLlmError)) return 'unknown';
  if (error.reason === 'no_answer' || error.reason === 'timeout') return 'down';
  if (error.reason === 'server_error' || error.reason === 'database_down') {
    return (error.status ?? 0) >= 500 ? 'down' : 'unknown'; // 1.81.12 tells outages of its database with a 401 or 400
  }
  return error.status === null || error.reason === 'not_litellm' ? 'unknown' : 'up';
}

function circuitOpen(leftMs: number): LiteLlmError {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  const message = `LiteLLM failed several times in a row: no call is sent to it for now, try again in ${seconds} s.`;
  return new LiteLlmError('circuit_open', message, { retryAfterSeconds: seconds });
}
