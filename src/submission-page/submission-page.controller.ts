import { Controller, Get, Header } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { PAGE_DOCUMENT } from './page-document.js';
import { pageScript } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

// Its own script and style, its own service, nothing else; text that somebody else wrote becomes no code.
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", 'img-src data:',
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
].join('; ');

/** The page on which a custodian submits an extract without a command line. It holds no data. */
@Controller('submit')
export class SubmissionPageController {
  private script: string | undefined;

  /** The page. */
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-store')
  @ApiProduces('text/html')
  @Requires('submission-page.read')
  page(): string {
    return PAGE_DOCUMENT;
  }

  /** What it runs. */
  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'no-store')
  @ApiProduces('text/javascript')
  @Requires('submission-page.read')
  program(): string {
    return this.script ??= pageScript();
  }

  /** How it looks. */
  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'no-store')
  @ApiProduces('text/css')
  @Requires('submission-page.read')
  style(): string {
    return PAGE_STYLE;
  }
}
