/** What the page sends when it is done. */
export interface PageReport {
  readonly userAgent: string;
  /** Whether the page's policy refused to make code of a string. */
  readonly evalRefused: boolean;
  readonly sets: readonly {
    readonly name: string;
    readonly recordBytes: number;
    readonly hex: string;
    /** Of the bytes, by the browser's own WebCrypto, in hexadecimal digits. */
    readonly sha256: string;
  }[];
}
