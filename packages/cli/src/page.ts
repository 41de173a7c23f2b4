import { isUuid, type Page, type PagePosition, type PageRequest } from '@keywright/core';
import type { Command } from 'commander';
import { type CommandContext, show } from './command-context.ts';
import { UsageError } from './errors.ts';
import { note } from './io.ts';
import { given, readCount } from './options.ts';

/** Options of every list that comes in pages. */
export interface PageOptions {
  limit: string;
  cursor?: string;
}

export function addPageOptions(command: Command): Command {
  return command
    .option('--limit <count>', '1 to 100', '20')
    .option('--cursor <text>', 'go on where the page before ended');
}

/** @param isId what ids of this list look like; one that is none of them would be an error of the database */
export function readPage(options: PageOptions, isId: (id: string) => boolean = isUuid): PageRequest {
  const limit = readCount('--limit', options.limit, 1, 100);
  const after = given(options.cursor, (value) => readCursor('--cursor', value, isId));
  return { limit, ...(after && { after }) };
}

/** Shows a page as JSON with its cursor, or as a table; where there is more, a line on stderr says how to go on. */
export function showPage<T>(
  context: CommandContext,
  page: Page<T>,
  toJson: (item: T) => unknown,
  table: (items: readonly T[]) => string,
): void {
  const nextCursor = page.next ? formatCursor(page.next) : null;
  show(context, { data: page.items.map(toJson), nextCursor }, table(page.items));
  if (nextCursor && !context.isJson) note(context.io, `There are more: add --cursor ${nextCursor}`);
}

/** Where a page of a list ended, as text that can be handed to `--cursor`. */
function formatCursor(position: PagePosition): string {
  return Buffer.from(`${position.createdAt.toISOString()} ${position.id}`).toString('base64url');
}

function readCursor(option: string, value: string, isId: (id: string) => boolean): PagePosition {
  const text = Buffer.from(value, 'base64url').toString('utf8');
  const [, at = '', id = ''] = /^(\S+) (.+)$/su.exec(text) ?? []; // ids of the host may hold spaces
  const createdAt = new Date(at);
  if (isId(id) && !Number.isNaN(createdAt.getTime()) && createdAt.toISOString() === at) return { createdAt, id };
  throw new UsageError(`${option}: should be the text that the page before named as its next cursor`);
}
