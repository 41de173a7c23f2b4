/** Seconds over which requests and tokens are counted; also what `retry-after` always says. */
export const windowSeconds = 60;

/** What a limit applies to, with its limits per window; null means unlimited. */
export interface Subject {
  kind: 'api_key' | 'user' | 'team' | 'team_member' | 'end_user' | 'model_per_key';
  id: string;
  requests: number | null;
  tokens: number | null;
  parallel: number | null;
}

export type LimitType = 'requests' | 'tokens' | 'max_parallel_requests';

export interface Refusal {
  subject: Subject;
  type: LimitType;
  limit: number;
  resetsAt: Date;
}

interface Window {
  startedAt: number;
  requests: number;
  tokens: number;
}

const nameOf = ({ kind, id }: Subject): string => `${kind}:${id}`;

/** Counts requests, tokens and running calls per subject. A window starts with its first request. */
export class Limiter {
  readonly #windows = new Map<string, Window>();
  readonly #running = new Map<string, number>();

  /** Counts one call for all subjects, or says which limit is in the way. What it admits must be ended with `end`. */
  begin(subjects: readonly Subject[], now: Date): Refusal | null {
    const refusal = (subject: Subject, type: LimitType, limit: number): Refusal => {
      const resetsAt = new Date(this.#window(subject, now).startedAt + windowSeconds * 1000);
      return { subject, type, limit, resetsAt };
    };
    for (const subject of subjects) {
      const { requests, tokens } = this.#window(subject, now);
      if (subject.requests !== null && requests >= subject.requests) {
        return refusal(subject, 'requests', subject.requests);
      }
      if (subject.tokens !== null && tokens >= subject.tokens) return refusal(subject, 'tokens', subject.tokens);
    }
    // A call that the parallel limit refuses still counts as a request.
    for (const subject of subjects) this.#window(subject, now).requests += 1;
    for (const subject of subjects) {
      const { parallel } = subject;
      if (parallel !== null && this.#runningCalls(subject) >= parallel) {
        return refusal(subject, 'max_parallel_requests', parallel);
      }
    }
    for (const subject of subjects) this.#running.set(nameOf(subject), this.#runningCalls(subject) + 1);
    return null;
  }

  /** Ends a call that `begin` admitted and counts its tokens. */
  end(subjects: readonly Subject[], tokens: number, now: Date): void {
    for (const subject of subjects) {
      this.#window(subject, now).tokens += tokens;
      this.#running.set(nameOf(subject), Math.max(0, this.#runningCalls(subject) - 1));
    }
  }

  /** Headers that say what is left: `x-ratelimit-<kind>-remaining-<type>` and `-limit-<type>`. */
  headers(subjects: readonly Subject[], now: Date): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const subject of subjects) {
      const { requests, tokens } = this.#window(subject, now);
      const rows: [LimitType, number | null, number][] = [
        ['requests', subject.requests, requests],
        ['tokens', subject.tokens, tokens],
        ['max_parallel_requests', subject.parallel, this.#runningCalls(subject)],
      ];
      for (const [type, limit, used] of rows) {
        if (limit === null) continue;
        headers[`x-ratelimit-${subject.kind}-remaining-${type}`] = String(Math.max(0, limit - used));
        headers[`x-ratelimit-${subject.kind}-limit-${type}`] = String(limit);
      }
    }
    return headers;
  }

  #window(subject: Subject, now: Date): Window {
    const name = nameOf(subject);
    const current = this.#windows.get(name);
    if (current && now.getTime() - current.startedAt < windowSeconds * 1000) return current;
    const fresh = { startedAt: now.getTime(), requests: 0, tokens: 0 };
    this.#windows.set(name, fresh);
    return fresh;
  }

  #runningCalls(subject: Subject): number {
    return this.#running.get(nameOf(subject)) ?? 0;
  }
}
