import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { ObjectionDto, type ObjectionReceiptView } from './objections.dto.js';
import { ObjectionsService } from './objections.service.js';

@Controller('api/projects/:project/registers/:register')
export class ObjectionsController {
  constructor(private readonly objections: ObjectionsService) {}

  /** Records of people who object: no linkage from now on takes them in. */
  @Post('objections')
  @Requires('objection.file')
  file(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Param('register') register: string,
    @Body() asked: ObjectionDto,
  ): Promise<ObjectionReceiptView> {
    return this.objections.file(principal, project, register, asked);
  }

  /** The same records with the same scope may be linked again. */
  @Post('objection-withdrawals')
  @HttpCode(200)
  @Requires('objection.withdraw')
  withdraw(
    @Acting() principal: ActingPrincipal, @Param('project') project: string, @Param('register') register: string,
    @Body() asked: ObjectionDto,
  ): Promise<ObjectionReceiptView> {
    return this.objections.withdraw(principal, project, register, asked);
  }
}
