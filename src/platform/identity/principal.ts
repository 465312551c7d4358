/** The roles of the house. On one project a person has one. */
export const ROLES = [
  'custodian', 'linkage-operator', 'statistician', 'board-member', 'auditor', 'administrator',
] as const;
export type Role = (typeof ROLES)[number];

export const BOARD_SEATS = ['data-protection', 'methodology', 'civil-society'] as const;
export type BoardSeat = (typeof BOARD_SEATS)[number];

/** Who asks, as the access token says. */
export interface Principal {
  /** The issuer's pseudonymous subject. */
  readonly subject: string;
  readonly organisation: string;
  readonly organisationType: string;
  readonly roles: readonly Role[];
  /** Seat of a board member. */
  readonly seat: BoardSeat | undefined;
}
