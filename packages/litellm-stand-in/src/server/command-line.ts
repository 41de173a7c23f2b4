import { parseArgs } from 'node:util';
import { type LiteLlmVersion, supportedVersions } from '../version/profile.ts';
import type { StartOptions } from './start-stand-in.ts';

/** What `--help` prints. */
export const usage = `Usage: litellm-stand-in [options]

Runs a pretended LiteLLM proxy in memory, prints its URL, and stops at SIGTERM or SIGINT.

  --port <number>      TCP port; 0 lets the system choose (default: 4000)
  --host <name>        address to listen on (default: 127.0.0.1)
  --master-key <key>   key of the administrator, starts with sk- (default: sk-stand-in-master)
  --version <release>  whose answers to give: ${supportedVersions.join(', ')}
                       (default: 1.109.1)
  --state-file <path>  keep keys, users and spend there (default: they end with the process)
  --help               print this text
`;

/** A command line that asks for something else than to run. */
export type CommandLine = { help: true } | { help: false; start: StartOptions };

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new RangeError(`--port must be 0 to 65535, got "${text}"`);
  return port;
}

function readVersion(text: string): LiteLlmVersion {
  const version = supportedVersions.find((supported) => supported === text);
  if (!version) throw new RangeError(`--version must be one of ${supportedVersions.join(', ')}, got "${text}"`);
  return version;
}

/**
 * Reads the arguments after the program's name.
 *
 * @throws Error whose message is one line that says what is wrong.
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '4000' },
      host: { type: 'string', default: '127.0.0.1' },
      'master-key': { type: 'string', default: 'sk-stand-in-master' },
      version: { type: 'string', default: '1.109.1' },
      'state-file': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { help: true };
  const masterKey = values['master-key'];
  if (!masterKey.startsWith('sk-')) throw new RangeError('--master-key must start with sk-');
  const stateFile = values['state-file'];
  const start = { port: readPort(values.port), host: values.host, masterKey, version: readVersion(values.version) };
  return { help: false, start: stateFile === undefined ? start : { ...start, stateFile } };
}
