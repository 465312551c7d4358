import { verifyConsistency, verifyInclusion } from '#libs/audit';
import { Tally } from '../vector-runner.js';

/** Hashes in base64, of any length; `proof` is null where a probe has none. */
interface InclusionProbe {
  leafIdx: number; treeSize: number; leafHash: string; root: string;
  proof: string[] | null; desc: string; wantErr: boolean;
}
interface ConsistencyProbe {
  size1: number; size2: number; root1: string; root2: string;
  proof: string[] | null; desc: string; wantErr: boolean;
}

/** Proofs that must and must not verify. */
export function run(content: string): Tally {
  const probes = JSON.parse(content) as { inclusion: InclusionProbe[]; consistency: ConsistencyProbe[] };
  const tally = new Tally();
  probes.inclusion.forEach((probe, i) => {
    tally.equal(`inclusion ${i} (${probe.desc}) verifies`, verifyInclusion({
      index: probe.leafIdx, size: probe.treeSize,
      leafHash: bytes(probe.leafHash), rootHash: bytes(probe.root), proof: (probe.proof ?? []).map(bytes),
    }), !probe.wantErr);
  });
  probes.consistency.forEach((probe, i) => {
    tally.equal(`consistency ${i} (${probe.desc}) verifies`, verifyConsistency({
      size1: probe.size1, size2: probe.size2,
      rootHash1: bytes(probe.root1), rootHash2: bytes(probe.root2), proof: (probe.proof ?? []).map(bytes),
    }), !probe.wantErr);
  });
  return tally;
}

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
