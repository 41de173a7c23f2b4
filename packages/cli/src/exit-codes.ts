/**
 * What the exit code of `keywright` says. Stable: scripts and deploy gates branch on them.
 *
 * | code | when |
 * |---|---|
 * | 0 | done, and nothing to complain of |
 * | 1 | failed, or a check found something: a service is down, a key does not exist, a secret is malformed, dead tasks, an error of `doctor` |
 * | 2 | wrong usage or configuration: nothing was done; the line on stderr names the option or variable |
 * | 3 | nothing failed, but somebody should look: `reconcile` found what differs and stays so, `doctor` has warnings and no errors |
 */
export const exitCodes = { ok: 0, failed: 1, wrongUsage: 2, attention: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
