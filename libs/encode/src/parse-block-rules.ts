import {
  BLOCK_TAKES, holdsBlockPart, MOST_BLOCK_LETTERS, MOST_BLOCK_PARTS, MOST_BLOCK_RULES, type BlockPart,
} from './block-rules.js';
import { isFrequentAlone, isRole, type Role } from './roles.js';
import { isBetween, NAME, objectAt, onlyMembers, type Refuse } from './spec-members.js';

/**
 * Checks the rules for block keys of an encoding spec.
 *
 * @param names of the segments; @param roles that their filters hold.
 */
export function checkBlockRules(
  json: unknown, names: ReadonlySet<unknown>, roles: readonly Role[], refuse: Refuse,
): void {
  if (json === undefined) return;
  if (!Array.isArray(json) || json.length === 0 || json.length > MOST_BLOCK_RULES) {
    return refuse(`blocks: expected 1 to ${MOST_BLOCK_RULES} rules`);
  }
  const taken = new Set(names);
  json.forEach((one: unknown, index) => {
    const at = `blocks[${index}]`;
    const rule = objectAt(one, at, refuse);
    if (rule === undefined) return;
    onlyMembers(rule, ['name', 'parts'], at, refuse);
    if (typeof rule.name !== 'string' || !NAME.test(rule.name)) {
      refuse(`${at}.name: expected a lower-case letter, then letters, digits, _ and -, at most 64`);
    } else if (taken.has(rule.name)) {
      refuse(`${at}.name: "${rule.name}" is there twice, as a segment or a rule`);
    }
    taken.add(rule.name);
    checkParts(rule.parts, at, roles, refuse);
  });
}

function checkParts(json: unknown, at: string, roles: readonly Role[], refuse: Refuse): void {
  if (!Array.isArray(json) || json.length === 0 || json.length > MOST_BLOCK_PARTS) {
    return refuse(`${at}.parts: expected 1 to ${MOST_BLOCK_PARTS} parts`);
  }
  const good = json.map((part: unknown, index) => checkPart(part, `${at}.parts[${index}]`, roles, refuse));
  if (!good.every(Boolean)) return;
  const parts = json as BlockPart[];
  if (new Set(parts.map(({ role }) => role)).size < parts.length) refuse(`${at}.parts: a role is there twice`);
  const [{ role, take }] = parts;
  if (parts.length > 1 || (!isFrequentAlone(role) && (take === 'value' || take === 'date'))) return;
  refuse(`${at}: the ${take} of ${role} alone repeats so often that a block tells the value and holds too many `
    + 'records to compare; join it with another part');
}

function checkPart(json: unknown, at: string, roles: readonly Role[], refuse: Refuse): boolean {
  const part = objectAt(json, at, refuse);
  if (part === undefined) return false;
  onlyMembers(part, ['role', 'take', 'letters'], at, refuse);
  if (!isRole(part.role) || (part.role.startsWith('birth') && part.role !== 'birthDate')) {
    refuse(`${at}.role: expected a known one or other:NAME, and birthDate for a date in columns of its parts`);
    return false;
  }
  if (!BLOCK_TAKES.includes(part.take as never)) {
    refuse(`${at}.take: expected one of ${BLOCK_TAKES.join(', ')}`);
    return false;
  }
  if ((part.role === 'birthDate') !== (part.take === 'date' || part.take === 'year')) {
    refuse(`${at}.take: date and year are for birthDate, which takes no other`);
    return false;
  }
  const { letters } = part;
  const counted = Number.isInteger(letters) && isBetween(letters, 1, MOST_BLOCK_LETTERS);
  if (part.take === 'letters' ? !counted : letters !== undefined) {
    refuse(`${at}.letters: expected 1 to ${MOST_BLOCK_LETTERS} with "take":"letters", and none without`);
    return false;
  }
  if (!holdsBlockPart({ role: part.role }, roles)) {
    refuse(`${at}.role: no segment holds ${part.role}, so who shares a block by it could not be compared`);
  }
  return true;
}
