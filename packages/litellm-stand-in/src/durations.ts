import type { Profile } from './version/profile.ts';

const units = ['s', 'm', 'h', 'd', 'w', 'mo'] as const;
type Unit = (typeof units)[number];

interface Duration {
  count: number;
  unit: Unit;
}

const words: Record<string, string> = { hourly: '1h', daily: '24h', weekly: '7d', monthly: '30d' };
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads `30s 30m 30h 30d 1w 1mo`; null for anything else. */
export function parseDuration(text: string): Duration | null {
  const match = /^(\d+)(s|mo|m|h|d|w)$/.exec(text);
  const unit = units.find((known) => known === match?.[2]);
  return match && unit ? { count: Number(match[1]), unit } : null;
}

/** The instant one duration later; months keep the day of the month where it exists. */
export function addDuration(from: Date, { count, unit }: Duration): Date {
  if (unit !== 'mo') return new Date(from.getTime() + count * unitMs[unit]);
  const later = new Date(from);
  later.setUTCMonth(later.getUTCMonth() + count);
  return later;
}

/** Whether /key/generate and /key/update accept the text as `budget_duration`. Old releases take any text. */
export function isBudgetDuration(text: string, profile: Profile): boolean {
  return !profile.readsDurationWords || parseDuration(words[text] ?? text) !== null;
}

/**
 * When a budget starts again. LiteLLM snaps to the calendar (UTC): days to midnight, 7d to Monday, 30d and 1mo to the
 * first of the next month. What it cannot read resets at the next midnight.
 */
export function nextBudgetReset(text: string, now: Date, profile: Profile): Date {
  const duration = parseDuration(profile.readsDurationWords ? (words[text] ?? text) : text);
  const midnight = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  if (!duration) return midnight;
  const { count, unit } = duration;
  const days = unit === 'd' ? count : unit === 'w' ? count * 7 : unit === 'h' && count % 24 === 0 ? count / 24 : 0;
  if (unit === 'mo' || days === 30) {
    const months = unit === 'mo' ? count : 1;
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  }
  if (days === 7) return new Date(midnight.getTime() + ((8 - midnight.getUTCDay()) % 7) * unitMs.d);
  if (days > 0) return new Date(midnight.getTime() + (days - 1) * unitMs.d);
  const step = Math.max(1, count) * unitMs[unit];
  return new Date(Math.floor(now.getTime() / step) * step + step);
}
