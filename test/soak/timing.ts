/** Short, so that ten minutes hold many leases and late commits. All in milliseconds. */
export const timing = { gatewayDeadlineMs: 3_000, lateCommitMs: 8_000, workerPollMs: 500 };

/** How late the proxy lets LiteLLM commit what a caller gave up on; below `lateCommitMs`. */
export const latestCommitMs = 5_000;
