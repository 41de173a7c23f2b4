import { isKeywrightError, redactSecrets } from '@keywright/core';
import { announce } from './announce.ts';
import { ConfigError, readConfig, variableNames } from './config.ts';
import { stderrLogger } from './logger.ts';
import { start } from './start.ts';
import { unknownVariables } from './unknown-variables.ts';

/** One line, never a stack: 2 for what the person can put right in the environment, 1 for everything else. */
function fail(error: unknown): void {
  const isWrong = error instanceof ConfigError || isKeywrightError(error, 'configuration_invalid');
  const message = error instanceof Error ? error.message || error.name : String(error);
  const hint = isKeywrightError(error, 'storage_unavailable') ? 'DATABASE_URL: ' : '';
  process.stderr.write(`${redactSecrets(hint + message).replace(/\s+/g, ' ')}\n`);
  process.exitCode = isWrong ? 2 : 1;
}

try {
  const config = readConfig(process.env);
  const logger = stderrLogger();
  for (const remark of unknownVariables(process.env, variableNames)) logger.warn(remark);
  const server = await start(config, logger);

  let stoppingSince: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Ctrl-C comes from the terminal and once more from the launcher; only a later one means: do not wait for streams
      if (stoppingSince !== undefined && Date.now() - stoppingSince > 1_000) process.exit(1);
      if (stoppingSince !== undefined) return;
      stoppingSince = Date.now();
      logger.info('Stopping: running answers are finished first');
      server.close().then(() => process.exit(0), fail);
    });
  }
  process.stdout.write(announce(server, config)); // last: whoever reads it may stop the server at once
} catch (error) {
  fail(error);
}
