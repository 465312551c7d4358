import { Controller, Get } from '@nestjs/common';
import { Requires } from '../access/requires.decorator.js';
import { RegisterOfUsesService, type ApprovedUse } from './register-of-uses.service.js';

@Controller('api/register-of-uses')
export class RegisterOfUsesController {
  constructor(private readonly uses: RegisterOfUsesService) {}

  @Get()
  @Requires('register-of-uses.read')
  list(): Promise<ApprovedUse[]> {
    return this.uses.list();
  }
}
