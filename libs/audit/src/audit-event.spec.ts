import fc from 'fast-check';
import { canonicalJson, type JsonValue } from '#libs/record';
import { eventsOf, LAWFUL_SKETCHES } from '../../../test/support/example-audit-log.js';
import {
  assertEventDraft, AUDIT_OUTCOMES, canonicalEvent, eventFaults, MAX_EVENT_BYTES, parseEvent,
} from './audit-event.js';

const [event] = eventsOf([LAWFUL_SKETCHES[5]]);
const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    expect(error).toMatchObject({ code: 'AUDIT_EVENT_INVALID' });
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('an audit event', () => {
  test('has one text, which gives it back', () => {
    expect(canonicalEvent(event)).toBe('{"action":"table.release","actor":"account:statistician-1",'
      + '"approvals":["cohort:1"],"at":"2024-01-15T08:00:00.000Z","details":{"cells":40,"suppressed":3},'
      + '"object":"table:1","outcome":"accepted","purpose":"dpv:ProvideOfficialStatistics",'
      + '"role":"statistician","seq":0,"v":1}');
    expect(parseEvent(canonicalEvent(event))).toEqual(event);
  });

  test.each(AUDIT_OUTCOMES)('may end as %s', (outcome) => {
    expect(eventFaults({ ...event, outcome })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['no version', { v: 2 }, 'v 1'],
    ['a negative number', { seq: -1 }, 'seq'],
    ['a fraction of a number', { seq: 0.5 }, 'seq'],
    ['a local time', { at: '2024-01-15T08:00:00.000+01:00' }, 'at, UTC'],
    ['a day that does not exist', { at: '2023-02-29T08:00:00.000Z' }, 'at, UTC'],
    ['a time without milliseconds', { at: '2024-01-15T08:00:00Z' }, 'at, UTC'],
    ['nobody', { actor: '' }, 'actor'],
    ['a line break in the actor', { actor: 'a\nb' }, 'actor'],
    ['half a surrogate pair', { actor: '\ud800' }, 'actor'],
    ['a role that is no text', { role: 7 }, 'role'],
    ['an action without verb', { action: 'approve' }, 'action as noun.verb'],
    ['an object without kind', { object: '7' }, 'object as kind:id'],
    ['an outcome of its own', { outcome: 'granted' }, 'outcome, one of'],
    ['a field of its own', { reason: 'x' }, 'no fields beside'],
    ['an undefined field', { purpose: undefined }, 'purpose'],
    ['approvals that are no objects', { approvals: ['yes'] }, 'approvals'],
    ['too many approvals', { approvals: Array.from({ length: 21 }, () => 'cohort:1') }, 'approvals'],
    ['a fraction in the details', { details: { share: 0.5 } }, 'whole numbers'],
    ['minus zero in the details', { details: [-0] }, 'whole numbers'],
    ['a text without end in the details', { details: 'x'.repeat(301) }, '300 characters'],
    ['details without bottom', { details: [[[[[[[[1]]]]]]]] }, '6 deep'],
    ['a name in the details', { details: { person: { givenName: 'x' } } }, 'personal data'],
    ['a record id in the details', { details: [{ record_id: 'x' }] }, 'personal data'],
    ['encodings in the details', { details: { encodings: 'AAAA' } }, 'personal data'],
    ['a key that is a sentence', { details: { 'a b': 1 } }, 'personal data'],
  ])('is refused with %s', (_, change, reason) => {
    const message = refusal(() => canonicalEvent({ ...event, ...change }));
    expect(message).toContain(reason);
    expect(message).not.toContain('statistician');
  });

  test('may count encodings in the details', () => {
    expect(eventFaults({ ...event, details: { encodings: 500 } })).toEqual([]);
  });

  test('is refused with a field missing, by name', () => {
    expect(refusal(() => parseEvent('{"v":1}'))).toContain('a field seq; a field at; a field actor');
  });

  test('is refused when it is longer than a leaf may be', () => {
    const details = Array.from({ length: 100 }, () => '\u00e9'.repeat(100));
    expect(refusal(() => canonicalEvent({ ...event, details }))).toContain(`${MAX_EVENT_BYTES} bytes`);
  });

  test('is read from its canonical text only', () => {
    const canonical = canonicalEvent(event);
    for (const text of [`${canonical} `, ` ${canonical}`, canonical.replace(',', ', '),
      canonical.replace('{', '{"v":1,'), canonical.replace('table:1', 'table:\\u0031'), 'null', '[]', '']) {
      refusal(() => parseEvent(text));
    }
  });

  test('that any JSON claims to be is read as itself or refused', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom('details', 'actor', 'seq', 'at'), (value, field) => {
      const text = canonicalJson({ ...event, [field]: value as JsonValue });
      if (eventFaults(JSON.parse(text)).length === 0) expect(canonicalEvent(parseEvent(text))).toBe(text);
      else refusal(() => parseEvent(text));
    }));
  });

  test('is checked as a draft before it has its place and time', () => {
    const { actor, role, action, object, outcome } = event;
    const draft = { actor, role, action, object, outcome };
    expect(() => assertEventDraft(draft)).not.toThrow();
    expect(refusal(() => assertEventDraft({ ...draft, object: 'nothing' }))).toContain('object');
  });
});
