const money = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});
const count = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export const formatMoney = (usd) => money.format(Number(usd));
export const formatCount = (number) => count.format(number);

/** "12:05"; with its date, when that is another day. */
export function formatUntil(moment) {
  const isToday = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString(undefined, { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'short' });
}

/** "3 minutes ago". */
export function formatAgo(iso) {
  if (iso === null) return 'never';
  const seconds = (new Date(iso) - Date.now()) / 1000;
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return 'just now';
}
