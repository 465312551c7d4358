import { IsString, Length, Matches } from 'class-validator';
import { MAX_SEALED_KEY_BYTES } from '#libs/encode';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export class SealedKeyDto {
  /** The file that `vinculum key seal` wrote, in base64. */
  @IsString() @Length(1, Math.ceil(MAX_SEALED_KEY_BYTES / 3) * 4) @Matches(BASE64) sealedKey!: string;
}
