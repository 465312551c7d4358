const ROW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a text is the id of a row as PostgreSQL writes it: a UUID in lower case. Stricter than RFC 9562 on
 * purpose: ids are bound into additional data of ciphertexts and into the names of tables and keys, where a
 * second spelling of the same id would be another id.
 */
export function isRowId(text: string): boolean {
  return ROW_ID.test(text);
}
