export type Members = Readonly<Record<string, unknown>>;
/** Collects reasons, so that a refusal lists all of them at once. */
export type Refuse = (reason: string) => void;

export const NAME = /^[a-z][a-zA-Z0-9_-]{0,63}$/;

export function objectAt(json: unknown, at: string, refuse: Refuse): Members | undefined {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Members;
  refuse(`${at}: expected a JSON object`);
  return undefined;
}

export function onlyMembers(object: Members, allowed: readonly string[], at: string, refuse: Refuse): void {
  for (const member of Object.keys(object)) {
    if (!allowed.includes(member)) refuse(`${at}: unknown member ${JSON.stringify(member)}`);
  }
}

export function isBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}
