import { compileFunction } from 'node:vm';
import { pageScript } from './page-script.js';

describe('the script of the page', () => {
  const script = pageScript();

  it('is one program that a browser can read, of files that need nothing else', () => {
    expect(() => compileFunction(script)).not.toThrow();
    expect(script).not.toMatch(/require\("(node:|@nestjs|typeorm)/);
    expect(script).not.toContain('sourceMappingURL=page');
  });

  it('sends by the same code as the command line', () => {
    expect(script).toContain('class ExtractApi');
    expect(script).toContain('function sendPiece(');
    expect(script).toContain('Tus-Resumable');
  });
});
