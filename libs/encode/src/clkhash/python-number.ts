/** Numbers as Python's `int()`, `float()` and `round()` read and round them: clkhash tokens depend on it. */

const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*';
const INTEGER = new RegExp(`^${SPACE}([+-]?)(\\p{Nd}+(?:_\\p{Nd}+)*)${SPACE}$`, 'u');
const DIGITS = '\\p{Nd}+(?:_\\p{Nd}+)*';
const FLOAT = new RegExp(
  `^${SPACE}([+-]?(?:(?:${DIGITS})(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?)${SPACE}$`, 'u');
const DECIMAL_DIGIT = /\p{Nd}/u;

/** `int(text)`, or undefined where Python raises. */
export function pythonInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const magnitude = BigInt(asciiDigits(match[2]));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** `float(text)` for finite numbers written with digits, or undefined. */
export function pythonFloat(text: string): number | undefined {
  const match = FLOAT.exec(text);
  if (match === null) return undefined;
  const value = Number(asciiDigits(match[1]));
  return Number.isFinite(value) ? value : undefined;
}

/** `round(value)`: to the nearest whole number, halves to the even one. */
export function roundHalfEven(value: number): bigint {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

/** Digits of any script to 0-9, underscores away. Decimal digits come in runs of ten from a zero. */
function asciiDigits(text: string): string {
  return [...text].map((character) => {
    if (character === '_') return '';
    if (!DECIMAL_DIGIT.test(character) || character <= '9') return character;
    const point = character.codePointAt(0) as number;
    let before = 0;
    while (DECIMAL_DIGIT.test(String.fromCodePoint(point - before - 1))) before++;
    return String(before % 10);
  }).join('');
}
