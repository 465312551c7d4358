import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { SealedKeysController } from './sealed-keys.controller.js';
import { SealedKeysRepository } from './sealed-keys.repository.js';
import { SealedKeysService } from './sealed-keys.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [SealedKeysController],
  providers: [SealedKeysService, SealedKeysRepository],
})
export class SealedKeysModule {}
