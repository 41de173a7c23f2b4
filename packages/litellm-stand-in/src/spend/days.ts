/** The day of a time in UTC, `YYYY-MM-DD`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** Both days and those between. */
export function daysBetween(start: string, end: string): string[] {
  const days: string[] = [];
  for (let day = new Date(`${start}T00:00:00Z`); dayOf(day) <= end; day = new Date(day.getTime() + 86_400_000)) {
    days.push(dayOf(day));
  }
  return days;
}
