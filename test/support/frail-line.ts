import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to the line when the agreed number of bytes has passed. */
type Fault = 'hold' | 'break';

/** A line from a client to the service that stands still, or breaks, after so many bytes of the client's. */
export class FrailLine {
  /** Bytes that went from the client to the service. */
  passed = 0;
  private fault: { readonly kind: Fault; readonly at: number; readonly tell: () => void } | undefined;
  private holding = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** @param target address of the service. */
  static async to(target: string): Promise<FrailLine> {
    const server = createServer();
    const line = new FrailLine(server);
    server.on('connection', (client) => line.serve(client, Number(new URL(target).port)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From so many bytes on nothing passes any more, though the line stands. Resolves when that is so. */
  holdAfter(bytes: number): Promise<void> {
    return this.after('hold', bytes);
  }

  /** After so many bytes all connections break, once; new ones are good. Resolves when that has happened. */
  breakAfter(bytes: number): Promise<void> {
    return this.after('break', bytes);
  }

  /** Lets everything pass again, on new connections. */
  mend(): void {
    this.fault = undefined;
    this.holding = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private after(kind: Fault, bytes: number): Promise<void> {
    return new Promise((tell) => { this.fault = { kind, at: this.passed + bytes, tell }; });
  }

  private serve(client: Socket, port: number): void {
    const service = connect(port, '127.0.0.1');
    for (const [socket, other] of [[client, service], [service, client]]) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => this.pass(bytes, client, service));
    service.on('data', (bytes: Buffer) => { client.write(bytes); });
  }

  private pass(bytes: Buffer, client: Socket, service: Socket): void {
    if (this.holding) return;
    const { fault } = this;
    const allowed = fault ? Math.min(bytes.length, fault.at - this.passed) : bytes.length;
    this.passed += allowed;
    if (!service.write(bytes.subarray(0, allowed))) {
      client.pause();
      service.once('drain', () => client.resume());
    }
    if (!fault || this.passed < fault.at) return;
    this.fault = undefined;
    if (fault.kind === 'hold') this.holding = true;
    else for (const socket of this.sockets) socket.end(() => socket.destroy());
    fault.tell();
  }
}
