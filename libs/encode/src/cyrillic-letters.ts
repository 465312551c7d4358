/**
 * ICAO Doc 9303-3, section 6 B: Cyrillic characters. The general column of the table: national
 * variants (Ukrainian Г = H, Serbian Ж = Z, Bulgarian Щ = SHT ...) would need the language of the
 * name, which a register does not hold.
 */
export const CYRILLIC_LETTERS: Readonly<Record<string, string>> = {
  А: 'A', Б: 'B', В: 'V', Г: 'G', Д: 'D', Е: 'E', Ё: 'E', Ж: 'ZH', З: 'Z', И: 'I', Й: 'I', К: 'K', Л: 'L',
  М: 'M', Н: 'N', О: 'O', П: 'P', Р: 'R', С: 'S', Т: 'T', У: 'U', Ф: 'F', Х: 'KH', Ц: 'TS', Ч: 'CH', Ш: 'SH',
  Щ: 'SHCH', Ъ: 'IE', Ы: 'Y', Ь: '', Э: 'E', Ю: 'IU', Я: 'IA',
  Ѐ: 'E', Ђ: 'D', Ѓ: 'G', Є: 'IE', Ѕ: 'DZ', І: 'I', Ї: 'I', Ј: 'J', Љ: 'LJ', Њ: 'NJ', Ћ: 'C', Ќ: 'K', Ѝ: 'I',
  Ў: 'U', Џ: 'DZ', Ѫ: 'U', Ѵ: 'Y', Ґ: 'G', Ғ: 'F', Һ: 'C',
};
