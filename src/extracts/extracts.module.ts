import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { ComparisonsRepository } from './comparisons.repository.js';
import { Comparisons } from './comparisons.service.js';
import { ContentRepository } from './content.repository.js';
import { CustodianExtracts } from './custodian-extracts.js';
import { DeliveredContent } from './delivered-content.js';
import { DeliveredFilters } from './delivered-filters.js';
import { DeliveryCheck } from './delivery-check.js';
import { EncodingSafety } from './encoding-safety.js';
import { ExpiryJob } from './expiry-job.js';
import { ExtractsController } from './extracts.controller.js';
import { ExtractsRepository } from './extracts.repository.js';
import { ExtractsService } from './extracts.service.js';
import { InferredVariables } from './inferred-variables.js';
import { PartBytes } from './part-bytes.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsRepository } from './uploads.repository.js';
import { UploadsService } from './uploads.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [ExtractsController, UploadsController],
  providers: [
    CustodianExtracts, ExtractsService, UploadsService, DeliveryCheck, ExpiryJob, ExtractsRepository,
    UploadsRepository, Comparisons, ComparisonsRepository, EncodingSafety, InferredVariables, PartBytes,
    DeliveredFilters, DeliveredContent, ContentRepository,
  ],
})
export class ExtractsModule {}
