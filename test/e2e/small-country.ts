import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSpecForRoles, type Role } from '#libs/encode';
import { EXTRACT_PART_FILES, type ExtractManifest, type ExtractPartName } from '#libs/record';
import { parseContentMap } from '../../src/cli/content-map.js';
import { encodeExtract } from '../../src/cli/encode-extract.js';
import { writeSyntheticCountry, type SyntheticCountrySummary } from '../../src/cli/synthetic-country-folder.js';
import { DEMO_REGISTERS } from '../../src/demo/demo-project.js';

type Change = (manifest: ExtractManifest, part: (name: ExtractPartName) => Buffer) => {
  readonly manifest?: Partial<ExtractManifest>;
  readonly parts?: Partial<Record<ExtractPartName, Buffer>>;
  /** Leaves hash and size of the changed parts as they were. */
  readonly keepManifest?: true;
};

/** A synthetic country in a temporary folder, encoded by its three custodians. */
export class SmallCountry {
  readonly secret = createHash('sha256').update('secret of the small country').digest();
  private copies = 0;

  private constructor(readonly folder: string, readonly summary: SyntheticCountrySummary) {}

  static async create(people: number, seed = 7): Promise<SmallCountry> {
    const folder = mkdtempSync(join(tmpdir(), 'vinculum-country-'));
    const summary = await writeSyntheticCountry({ people, seed, out: join(folder, 'country') });
    const country = new SmallCountry(folder, summary);
    const columns = new Map(
      Object.entries(summary.columns).map(([role, column]) => [role as Role, [column]]));
    for (const { registerId, cardinality } of DEMO_REGISTERS) {
      const source = join(folder, 'country', registerId);
      await encodeExtract({
        people: join(source, 'people.csv'), events: join(source, 'events.csv'), out: country.extract(registerId),
        secret: country.secret, registerId, cardinality, referenceDate: summary.referenceDate,
        spec: defaultSpecForRoles([...columns.keys()]), columns, idColumn: 'record_id',
        content: parseContentMap(summary.content),
      });
    }
    return country;
  }

  /** Folder of the good extract. */
  extract(registerId: string): string {
    return join(this.folder, registerId);
  }

  manifest(registerId: string): ExtractManifest {
    return JSON.parse(readFileSync(join(this.extract(registerId), 'manifest.json'), 'utf8')) as ExtractManifest;
  }

  /** A copy of an extract with something wrong in it; the manifest describes the changed files truly. */
  changed(registerId: string, change: Change): string {
    const folder = join(this.folder, `${registerId}-${++this.copies}`);
    cpSync(this.extract(registerId), folder, { recursive: true });
    const manifest = this.manifest(registerId);
    const result = change(manifest, (name) => readFileSync(join(folder, EXTRACT_PART_FILES[name])));
    const parts: Record<string, object> = { ...manifest.parts };
    for (const [name, bytes] of Object.entries(result.parts ?? {})) {
      writeFileSync(join(folder, EXTRACT_PART_FILES[name as ExtractPartName]), bytes);
      if (result.keepManifest) continue;
      parts[name] = {
        ...parts[name], bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, parts, ...result.manifest }));
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
