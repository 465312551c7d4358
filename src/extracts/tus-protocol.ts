import { Refusal } from '../platform/problem/refusal.js';

/*
 * The resumable upload protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload), core with the extensions
 * creation, termination and expiration. A part goes in several uploads at once not by concatenation,
 * which would leave open who orders the pieces, but by a place for each: the metadata `start`.
 */

export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = 'creation,termination,expiration';
export const TUS_BODY = 'application/offset+octet-stream';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const WHOLE = /^\d{1,15}$/;

/** @throws Refusal 412 `TUS_VERSION`. */
export function assertTusVersion(headers: Headers): void {
  if (headers['tus-resumable'] === TUS_VERSION) return;
  throw new Refusal(412, 'TUS_VERSION', `expected the header Tus-Resumable: ${TUS_VERSION}`,
    'use a client of the tus protocol');
}

/** @throws Refusal 415 `MEDIA_TYPE_UNKNOWN`. */
export function assertTusBody(headers: Headers): void {
  if (headers['content-type'] === TUS_BODY) return;
  throw new Refusal(415, 'MEDIA_TYPE_UNKNOWN', `expected a body of ${TUS_BODY}`);
}

/** A header that holds a whole number. @throws Refusal 400 `TUS_HEADER`. */
export function wholeNumber(headers: Headers, name: 'upload-length' | 'upload-offset'): number {
  const value = headers[name];
  if (typeof value === 'string' && WHOLE.test(value)) return Number(value);
  throw new Refusal(400, 'TUS_HEADER', `expected the header ${name} with a whole number`);
}

/**
 * `Upload-Metadata: start <base64 of a decimal number>`: the byte of the part where the upload begins; 0
 * without it. Other keys mean nothing here.
 *
 * @throws Refusal 400 `TUS_HEADER`.
 */
export function uploadStart(headers: Headers): number {
  const pairs = String(headers['upload-metadata'] ?? '').split(',').map((pair) => pair.trim().split(' '));
  const start = pairs.find(([key]) => key === 'start');
  if (!start) return 0;
  const text = Buffer.from(start[1] ?? '', 'base64').toString('latin1');
  if (WHOLE.test(text)) return Number(text);
  throw new Refusal(400, 'TUS_HEADER', 'Upload-Metadata, start: expected a whole number in base64');
}
