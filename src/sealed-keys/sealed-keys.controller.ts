import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { SealedKeyDto } from './sealed-keys.dto.js';
import { SealedKeysService, type SealedKey } from './sealed-keys.service.js';

@Controller('api/projects/:project/sealed-keys')
export class SealedKeysController {
  constructor(private readonly sealedKeys: SealedKeysService) {}

  @Get()
  @Requires('sealed-key.read')
  list(@Acting() principal: ActingPrincipal, @Param('project') project: string): Promise<SealedKey[]> {
    return this.sealedKeys.list(principal, project);
  }

  @Post()
  @Requires('sealed-key.hand-on')
  handOn(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Body() { sealedKey }: SealedKeyDto,
  ): Promise<SealedKey> {
    return this.sealedKeys.handOn(principal, project, Buffer.from(sealedKey, 'base64'));
  }

  @Delete(':sealedKey')
  @HttpCode(204)
  @Requires('sealed-key.remove')
  remove(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Param('sealedKey') id: string,
  ): Promise<void> {
    return this.sealedKeys.remove(principal, project, id);
  }
}
