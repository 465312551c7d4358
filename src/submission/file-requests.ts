import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import type { FileRange } from './file-range.js';

/** Requests of the protocol's client in Node whose bodies are ranges of files. */
export class FileRequests implements HttpStack {
  createRequest(method: string, url: string): HttpRequest {
    return new FileRequest(method, url);
  }

  getName(): string {
    return 'FileRequests';
  }
}

class FileRequest implements HttpRequest {
  private readonly headers: Record<string, string> = {};
  private request: ClientRequest | undefined;

  constructor(private readonly method: string, private readonly url: string) {}

  getMethod(): string {
    return this.method;
  }

  getURL(): string {
    return this.url;
  }

  setHeader(header: string, value: string): void {
    this.headers[header] = value;
  }

  getHeader(header: string): string | undefined {
    return this.headers[header];
  }

  /** What has left says nothing about what is durable: nobody is told. */
  setProgressHandler(): void {
    return undefined;
  }

  send(body?: FileRange | null): Promise<HttpResponse> {
    const begin = this.url.startsWith('https:') ? tlsRequest : plainRequest;
    const length = body ? { 'Content-Length': body.size } : {};
    const request = begin(this.url, { method: this.method, headers: { ...this.headers, ...length } });
    this.request = request;
    const answer = new Promise<HttpResponse>((done, fail) => {
      request.once('error', fail);
      request.once('response', (response) => {
        text(response).then((told) => done(new FileResponse(response, told)), fail);
      });
    });
    if (body) body.writeTo(request).then(() => request.end(), (error: Error) => void request.destroy(error));
    else request.end();
    return answer;
  }

  abort(): Promise<void> {
    this.request?.destroy();
    return Promise.resolve();
  }

  getUnderlyingObject(): ClientRequest | undefined {
    return this.request;
  }
}

class FileResponse implements HttpResponse {
  constructor(private readonly response: IncomingMessage, private readonly told: string) {}

  getStatus(): number {
    return this.response.statusCode ?? 0;
  }

  getHeader(header: string): string | undefined {
    const value = this.response.headers[header.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  getBody(): string {
    return this.told;
  }

  getUnderlyingObject(): IncomingMessage {
    return this.response;
  }
}
