import type { Register } from '#libs/record';

/** A public set of plain files with labels, and which of its columns are linked. */
export interface QualitySet {
  readonly set: string;
  readonly fields: string;
  readonly files: readonly string[];
  /** Registers of the files where they are not simply unique ones. */
  readonly registers?: readonly Register[];
  readonly columns: string;
  readonly labels: {
    readonly id: string; readonly truth?: string; readonly truthPattern?: RegExp; readonly truthFile?: string;
  };
  /** Best F1 of clkhash and anonlink as published or reproduced, tuned on the truth. */
  readonly peer: string;
}

const FEBRL = {
  set: 'febrl4', files: ['febrl4/dataset4a.csv', 'febrl4/dataset4b.csv'],
  labels: { id: 'rec_id', truthPattern: /^rec-(\d+)-/ },
};
const ALICE_BOB = {
  set: 'alice/bob',
  files: ['alice-bob-charlie/dataset-alice.csv', 'alice-bob-charlie/dataset-bob.csv'],
  labels: { id: 'id', truth: 'id' },
};
const NAMES_OF_TUTORIAL = 'givenName=givenname,familyName=surname,birthDate=dob';

export const SETS: readonly QualitySet[] = [
  {
    ...FEBRL, fields: 'names, birth date', peer: '.936-.948 with usual schemas, .9869 best of 72 schemas',
    columns: 'givenName=given_name,familyName=surname,birthDate=date_of_birth',
  },
  {
    ...FEBRL, fields: 'all', peer: '.989-.9996 with usual schemas',
    columns: 'givenName=given_name,familyName=surname,birthDate=date_of_birth,address=street_number,'
      + 'address=address_1,address=address_2,locality=suburb,postalCode=postcode,other:state=state,'
      + 'identifier=soc_sec_id',
  },
  {
    ...ALICE_BOB, fields: 'names, birth date', peer: '.692 with a usual schema, .8224 best of 72 schemas',
    columns: NAMES_OF_TUTORIAL,
  },
  {
    ...ALICE_BOB, fields: 'names, birth date, phone', peer: '.8741',
    columns: `${NAMES_OF_TUTORIAL},phone=phone number`,
  },
  {
    set: 'five parties', fields: 'names, birth date, sex, city, phone', peer: 'none published',
    files: [1, 2, 3, 4, 5].map((party) => `five-party/dataset-${party}.csv`),
    columns: `${NAMES_OF_TUTORIAL},sex=gender,locality=city,phone=phone number`,
    labels: { id: 'id', truth: 'id' },
  },
];
