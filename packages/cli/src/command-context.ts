import type { Command } from 'commander';
import { type Config, readConfig } from './config.ts';
import { type Io, print, printJson } from './io.ts';

/** What a command gets beside its own options. */
export interface CommandContext {
  io: Io;
  config: Config;
  isJson: boolean;
}

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  json?: boolean;
  debug?: boolean;
}

export function commandContext(io: Io, command: Command): CommandContext {
  const { json = false } = command.optsWithGlobals<GlobalOptions>();
  return { io, config: readConfig(io.env), isJson: json };
}

/** Shows a result in the form that was asked for. */
export function show(context: CommandContext, json: unknown, text: string): void {
  if (context.isJson) printJson(context.io, json);
  else print(context.io, text);
}

/** Examples below a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
