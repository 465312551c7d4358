import { dateReader } from './date-format.js';
import { pythonInteger } from './python-number.js';
import { textEncoder } from './text-encoding.js';

/** Format of a feature as the schema says it; members that a type does not have are absent. */
export interface FormatSpec {
  readonly type: 'string' | 'integer' | 'date' | 'enum';
  readonly encoding?: string;
  readonly case?: 'upper' | 'lower' | 'mixed';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly values?: readonly string[];
}

/** A value ready to be cut into tokens, or why it is refused (the value itself is never repeated). */
export type Formatted = { readonly value: string } | { readonly refusal: string };

export type Formatter = (value: string) => Formatted;

/**
 * Validates and formats values as clkhash does: strings and enumerations stay as they are, without
 * trimming or case folding; integers become their shortest form; dates become `%Y%m%d`.
 *
 * @throws SyntaxError with the reason when the format itself cannot be used.
 */
export function formatter(format: FormatSpec): Formatter {
  switch (format.type) {
    case 'string': return stringFormatter(format);
    case 'integer': return integerFormatter(format);
    case 'date': return dateFormatter(format);
    case 'enum': return enumFormatter(format);
  }
}

function stringFormatter(format: FormatSpec): Formatter {
  const encode = textEncoder(format.encoding ?? 'utf-8');
  if (encode === undefined) throw new SyntaxError(`the encoding ${JSON.stringify(format.encoding)} is not supported`);
  const pattern = format.pattern === undefined ? undefined : compiled(format.pattern);
  const writesEverything = encode('\u{10ffff}') !== undefined;
  return (value) => {
    const length = SURROGATE.test(value) ? [...value].length : value.length;
    if (!writesEverything && encode(value) === undefined) return { refusal: `expected text that ${format.encoding} can write` };
    if (pattern !== undefined && !pattern.test(value)) return { refusal: 'expected a value of the schema\'s pattern' };
    if (format.case === 'upper' && value !== value.toUpperCase()) return { refusal: 'expected upper case' };
    if (format.case === 'lower' && value !== value.toLowerCase()) return { refusal: 'expected lower case' };
    if (length < (format.minLength ?? 0)) return { refusal: `expected at least ${format.minLength} characters` };
    if (length > (format.maxLength ?? Infinity)) return { refusal: `expected at most ${format.maxLength} characters` };
    return { value };
  };
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** Anchored at both ends, as a format describes a whole value. */
function compiled(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    throw new SyntaxError('the pattern is no regular expression');
  }
}

function integerFormatter({ minimum, maximum }: FormatSpec): Formatter {
  return (value) => {
    const integer = pythonInteger(value);
    if (integer === undefined) return { refusal: 'expected a whole number' };
    if (minimum !== undefined && integer < BigInt(minimum)) return { refusal: `expected at least ${minimum}` };
    if (maximum !== undefined && integer > BigInt(maximum)) return { refusal: `expected at most ${maximum}` };
    return { value: String(integer) };
  };
}

function dateFormatter({ format }: FormatSpec): Formatter {
  const reader = dateReader(format ?? '');
  if (reader === undefined) throw new SyntaxError('the date format is not supported');
  return (value) => {
    const date = reader.read(value);
    return date === undefined ? { refusal: 'expected a date in the schema\'s format' } : { value: date };
  };
}

function enumFormatter({ values }: FormatSpec): Formatter {
  const known = new Set(values);
  return (value) => (known.has(value) ? { value } : { refusal: 'expected one of the schema\'s values' });
}
