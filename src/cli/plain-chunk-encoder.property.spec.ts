import fc from 'fast-check';
import { defaultSpecForRoles } from '#libs/encode';
import { ChunkEncoder } from './chunk-encoder.js';
import { parseColumnMapping } from './column-mapping.js';
import { parseContentMap } from './content-map.js';

const HEADER = ['id', 'name', 'born', 'sex'];
const CONTENT = parseContentMap({
  sex: { column: 'sex', codes: { F: 'F', m: 'M' } }, birthMonth: { column: 'born' },
});
const columns = parseColumnMapping('fullName=name,birthDate=born,sex=sex');
const spec = defaultSpecForRoles([...columns.keys()]);

function encoderFor(hasContent: boolean, tolerateDates: boolean): ChunkEncoder {
  const reading = { columns, idColumn: 'id', tolerateDates, ...(hasContent && { content: CONTENT }) };
  return new ChunkEncoder({
    header: HEADER, dialect: { delimiter: ',', lineBreak: '\n', trim: true }, encoding: 'utf8', spec, registerId: 'r',
    secret: Uint8Array.from({ length: 32 }, (_, i) => i), reading,
  });
}

const id = fc.oneof({ arbitrary: fc.nat(999).map((n) => `P${n}`), weight: 9 },
  fc.constantFrom('', '№ 7', 'x'.repeat(56), 'Ж'.repeat(27), 'Ж'.repeat(28)));
const name = fc.constantFrom(
  'Ana', 'Ana-Li  Müller', 'Trần Thị Ánh', 'Анна', '"Li, Bo"', '', 'x'.repeat(40), '𝄞', 'ab\u0000', '\ufeffIo', 'é');
const born = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('1970-05-31', '2001-12-28', '') },
  fc.constantFrom('1970-02-30', '1899-01-01', '1970', '31.05.1970', '2001-13-01', '2O01-01-01', 'born'));
const sex = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('F', 'm', '') }, fc.constantFrom('M', 'x'));
const row = fc.tuple(id, name, born, sex).map((fields) => fields.join(','));

describe('PlainChunkEncoder', () => {
  it.each([[false, false], [true, false], [true, true]])(
    'gives what its readable twin gives (content: %s, tolerated dates: %s)', (hasContent, tolerateDates) => {
      // One for all runs: what they remember of others must not matter.
      const fast = encoderFor(hasContent, tolerateDates);
      const slow = encoderFor(hasContent, tolerateDates);
      fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const text = `${rows.join('\n')}\n`;
        expect(fast.encode(Buffer.from(text))).toEqual(slow.encodeText(text));
      }), { numRuns: 80 });
    });

  it('reads Latin-1 as its readable twin does, and roles of two columns', () => {
    const plan = {
      header: ['id', 'a', 'b'], dialect: { delimiter: ';', lineBreak: '\r\n', trim: true } as const,
      encoding: 'latin1' as const, spec: defaultSpecForRoles(['fullName']), registerId: 'r',
      secret: new Uint8Array(32).fill(3),
    };
    const text = '1;Jos\xe9;M\xfcller\r\n\r\n2;\xa0Ana;Li\r\n3;Bo;Wu\r\n';
    for (const mapping of ['fullName=a', 'fullName=a,fullName=b']) {
      const reading = { columns: parseColumnMapping(mapping), idColumn: 'id' };
      const encoder = new ChunkEncoder({ ...plan, reading });
      const chunk = encoder.encode(Buffer.from(text, 'latin1'));
      expect(chunk).toEqual(encoder.encodeText(text));
      expect(chunk).toMatchObject({ rows: 3, refusalsInAll: 0 });
    }
  });
});
