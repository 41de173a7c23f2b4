/**
 * What the exit code of `keywright` says. Stable: scripts and deploy gates branch on them.
 *
 * | code | when |
 * |---|---|
 * | 0 | done, and nothing to complain of |
 * | 1 | failed, or a check found something: a service is down, a key does not exist, a secret is malformed, dead tasks |
 * | 2 | wrong usage or configuration: nothing was done; the line on stderr names the option or variable |
 */
export const exitCodes = { ok: 0, failed: 1, wrongUsage: 2 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
