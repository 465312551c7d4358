import { Injectable, type PipeTransform } from '@nestjs/common';
import { EXTRACT_PART_FILES, type ExtractPartName } from '#libs/record';
import { notFound } from '../platform/problem/refusal.js';

export type PartName = ExtractPartName;

/** The last piece of the path of a part: `encodings`, `content` or `events`. */
@Injectable()
export class PartNamePipe implements PipeTransform<string, PartName> {
  transform(value: string): PartName {
    if (!Object.hasOwn(EXTRACT_PART_FILES, value)) throw notFound('part');
    return value as PartName;
  }
}
