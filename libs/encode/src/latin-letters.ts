/**
 * ICAO Doc 9303-3, section 6 A: multinational Latin-based characters to the letters of the
 * machine-readable zone. Where the standard leaves a choice (Ä, Ö, Ü: with or without E) the longer
 * form is taken, as most issuing states do. Letters that are their base letter plus a mark
 * are not listed: they lose the mark.
 */
export const LATIN_LETTERS: Readonly<Record<string, string>> = {
  Ä: 'AE', Å: 'AA', Æ: 'AE', Ð: 'D', Đ: 'D', Ə: 'E', Ħ: 'H', I: 'I', ı: 'I', Ĳ: 'IJ', ĸ: 'Q', Ŀ: 'L', Ł: 'L',
  ŉ: 'N', Ŋ: 'N', Ö: 'OE', Ø: 'OE', Œ: 'OE', ẞ: 'SS', ß: 'SS', Ŧ: 'T', Þ: 'TH', Ü: 'UE', Ɨ: 'I', Ƶ: 'Z',
};
