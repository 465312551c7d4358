import { Controller, Get } from '@nestjs/common';
import { Requires } from '../access/requires.decorator.js';
import document from './openapi.json';

@Controller('api')
export class ApiDescriptionController {
  /** This document: all routes, what they take and what they answer. */
  @Get('openapi.json')
  @Requires('api-description.read')
  read(): object {
    return document;
  }
}
