import { MOST_RECORDS_FOR_PARTITIONS, partitionSteps } from './best-partition.js';
import type { ComponentLink } from './components.js';
import type { EntityMap } from './entity-map.js';

/** What is left of the work that may be done. */
export interface Budget { steps: number }

/** Steps to see whether a link has to be looked at again. */
const STEPS_TO_LOOK = 4;
/** Steps to read a record of an entity or a link, in sets divided: moves copy what they change. */
const STEPS_TO_MOVE = 8;

/**
 * Improves the entities of a component by local moves until none helps: for each link, likeliest first, the
 * entities of its two records are divided anew, in the best way where they hold few records together (which
 * is every merge, split, swap and move at once), else by the best move of one of the two records or by
 * joining both entities. Every move raises the sum of weights; when the steps are used up, the entities are
 * as good as they got.
 */
export function improveComponent(links: readonly ComponentLink[], entities: EntityMap, budget: Budget): void {
  const triedWith = new Float64Array(links.length).fill(-1);
  for (let improved = true; improved && budget.steps > 0;) {
    improved = false;
    for (let k = 0; k < links.length && budget.steps > 0; k++) {
      const { a, b } = links[k];
      budget.steps -= STEPS_TO_LOOK;
      // Entities that have not changed since this link was looked at give nothing new.
      const latest = Math.max(entities.changedAt(a), entities.changedAt(b));
      if (latest <= triedWith[k]) continue;
      triedWith[k] = entities.changes;
      if (redivide(a, b, entities, budget)) improved = true;
    }
  }
}

function redivide(a: number, b: number, entities: EntityMap, budget: Budget): boolean {
  const size = entities.sizeTogether(a, b);
  if (size > MOST_RECORDS_FOR_PARTITIONS) {
    budget.steps -= STEPS_TO_MOVE * (size + entities.stepsToMove(a, b));
    return entities.moveBest(a, b);
  }
  budget.steps -= partitionSteps(size);
  return entities.divide(entities.together(a, b));
}
