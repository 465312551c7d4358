import type { BoardSeat, Role } from './principal.js';

/** A made-up person of the development identity provider. */
export interface DevelopmentPerson {
  readonly id: string;
  readonly organisation: string;
  readonly organisationType: string;
  readonly roles: readonly Role[];
  readonly seat?: BoardSeat;
}

/** One person for each role, a board with three seats, and one who must never get in. */
export const DEVELOPMENT_PERSONS: readonly DevelopmentPerson[] = [
  custodian('population'), custodian('permits'), custodian('borders'),
  {
    id: 'operator', organisation: 'linkage-unit', organisationType: 'LINKAGE_UNIT', roles: ['linkage-operator'],
  },
  {
    id: 'statistician', organisation: 'statistics-office', organisationType: 'STATISTICS_OFFICE',
    roles: ['statistician'],
  },
  boardMember('methodology', 'statistics-office', 'STATISTICS_OFFICE'),
  boardMember('data-protection', 'data-protection-authority', 'DATA_PROTECTION_AUTHORITY'),
  boardMember('civil-society', 'migrant-council', 'CIVIL_SOCIETY'),
  { id: 'auditor', organisation: 'court-of-audit', organisationType: 'AUDIT_OFFICE', roles: ['auditor'] },
  {
    id: 'administrator', organisation: 'computing-centre', organisationType: 'COMPUTING_CENTRE',
    roles: ['administrator'],
  },
  {
    id: 'enforcement-officer', organisation: 'border-police', organisationType: 'ENFORCEMENT',
    roles: ['statistician', 'linkage-operator'],
  },
];

function custodian(register: string): DevelopmentPerson {
  return {
    id: `custodian-${register}`, organisation: `${register}-agency`, organisationType: 'REGISTER_CUSTODIAN',
    roles: ['custodian'],
  };
}

function boardMember(seat: BoardSeat, organisation: string, organisationType: string): DevelopmentPerson {
  return { id: `board-${seat}`, organisation, organisationType, roles: ['board-member'], seat };
}
