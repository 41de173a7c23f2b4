#!/usr/bin/env node
import { readCommandLine, usage } from './server/command-line.ts';
import { startLiteLlmStandIn } from './server/start-stand-in.ts';

/** Exit code for a command line that cannot be understood. */
const badUsage = 2;

async function main(args: readonly string[]): Promise<void> {
  const command = readCommandLine(args);
  if (command.help) {
    process.stdout.write(usage);
    return;
  }
  const running = await startLiteLlmStandIn(command.start);
  const stop = () => void running.close();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdout.write(`${running.url}\n`);
}

main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  const listening = error.code?.startsWith('E') && !error.code.startsWith('ERR_');
  process.stderr.write(`litellm-stand-in: ${error.message.split('\n', 1)[0]}\n`);
  process.exitCode = listening ? 1 : badUsage;
});
