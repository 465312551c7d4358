import { Module } from '@nestjs/common';
import { SubmissionPageController } from './submission-page.controller.js';

@Module({ controllers: [SubmissionPageController] })
export class SubmissionPageModule {}
