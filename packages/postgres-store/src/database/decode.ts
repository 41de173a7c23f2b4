/**
 * How values arrive: chosen here for each statement, and not left to the driver, because a host may have set parsers
 * of its own for the whole process (`types.setTypeParser(1700, parseFloat)` would turn money into floats), and because
 * pg and PGlite differ (int8 is a string there, a number or a bigint here).
 */
const decoders: Record<number, (value: string) => unknown> = {
  16: (value) => value === 't', // bool
  17: (value) => Buffer.from(value.slice(2), 'hex'), // bytea, as `\x00ff`
  20: (value) => value, // int8: more than a number holds
  21: Number, // int2
  23: Number, // int4
  114: (value) => JSON.parse(value), // json
  1009: decodeTextArray, // text[]
  1184: decodeTime, // timestamptz
  1700: (value) => value, // numeric: never a float
  3802: (value) => JSON.parse(value), // jsonb
};

/** For PGlite: by the type's number. Everything else arrives as text. */
export const pgliteParsers: Record<number, (value: string) => unknown> = { ...decoders };

const asText = (value: string) => value;

/** For pg. */
export const poolTypes = {
  getTypeParser: (oid: number): ((value: string) => unknown) => decoders[oid] ?? asText,
};

/** `2030-01-31 12:00:00.123+00`, or with another offset, as the session's time zone has it. */
function decodeTime(value: string): Date {
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Error('A time arrived in a form that is not ISO: the session needs DateStyle ISO.');
}

/** An array of one dimension: `{plain,"with \"quotes\"",NULL}`. The columns hold no NULL elements. */
export function decodeTextArray(value: string): string[] {
  if (value === '{}') return [];
  const inner = value.slice(1, -1);
  if (!inner.includes('"')) return inner.split(',');
  const items: string[] = [];
  for (let at = 0; at < inner.length; at++) {
    const [item, end] = inner[at] === '"' ? quotedItem(inner, at) : plainItem(inner, at);
    items.push(item);
    at = end;
  }
  return items;
}

/** The item that begins with a quote at `start`, and where the comma after it is. */
function quotedItem(text: string, start: number): [string, number] {
  let item = '';
  let at = start + 1;
  for (; text[at] !== '"'; at++) {
    if (text[at] === '\\') at++;
    item += text[at] ?? '';
  }
  return [item, at + 1];
}

function plainItem(text: string, start: number): [string, number] {
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  return [text.slice(start, end), end];
}
