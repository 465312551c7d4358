import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Kill, RequestStage } from './kill-plan.js';

const REQUEST = /^(POST|PATCH|HEAD|GET|DELETE) (\S+) HTTP/;

/** The request that a connection carries at the moment. */
interface Going {
  readonly stage: RequestStage | undefined;
  readonly length: number;
  passed: number;
}

/**
 * Stands between client and service, sees which request passes, and pulls the trigger at the planned byte of
 * the planned one. It changes nothing else.
 */
export class KillProxy {
  private target = 0;
  private kill: Kill | undefined;
  private pull: () => void = () => undefined;
  /** Upload id -> part, as the service's answers said. */
  private readonly partOf = new Map<string, string>();
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<KillProxy> {
    const server = createServer({ allowHalfOpen: false });
    const proxy = new KillProxy(server);
    server.on('connection', (client) => proxy.serve(client));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where the service listens now; it has another port after each start. */
  pointTo(url: string): void {
    this.target = Number(new URL(url).port);
  }

  /** `pull` is called once, when the moment has come. */
  arm(kill: Kill, pull: () => void): void {
    this.kill = kill;
    this.pull = pull;
  }

  disarm(): void {
    this.kill = undefined;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(client: Socket): void {
    const service = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [[client, service], [service, client]]) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    let going: Going | undefined;
    client.on('data', (bytes: Buffer) => {
      going = this.begun(bytes) ?? going;
      if (going) going.passed += bytes.length;
      if (going && this.isTime(going, 'before')) return this.now(0);
      service.write(bytes);
      if (going && this.isTime(going, 'amid')) this.now(this.kill!.delayMs);
    });
    service.on('data', (bytes: Buffer) => {
      this.learn(going?.stage, bytes);
      if (going && this.isTime(going, 'after')) return this.now(0);
      client.write(bytes);
    });
  }

  private begun(bytes: Buffer): Going | undefined {
    const head = bytes.subarray(0, 4_096).toString('latin1');
    const match = REQUEST.exec(head);
    if (!match) return undefined;
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    return { stage: this.stageOf(match[1], match[2]), length, passed: 0 };
  }

  private stageOf(method: string, path: string): RequestStage | undefined {
    if (method === 'POST' && path.endsWith('/extracts')) return 'open';
    if (method === 'POST' && path.endsWith('/seal')) return 'seal';
    const created = /\/parts\/(\w+)\/uploads$/.exec(path)?.[1];
    if (method === 'POST' && created) return `create-${created}` as RequestStage;
    const sent = this.partOf.get(path.split('/').at(-1)!);
    return method === 'PATCH' && sent ? `send-${sent}` as RequestStage : undefined;
  }

  private learn(stage: RequestStage | undefined, bytes: Buffer): void {
    if (!stage?.startsWith('create-')) return;
    const id = /location: \S*\/uploads\/([0-9a-f-]{36})/i.exec(bytes.toString('latin1'))?.[1];
    if (id) this.partOf.set(id, stage.slice('create-'.length));
  }

  private isTime(going: Going, moment: Kill['moment']): boolean {
    if (!this.kill || this.kill.stage !== going.stage || this.kill.moment !== moment) return false;
    return moment !== 'amid' || going.passed >= this.kill.share * going.length;
  }

  /** No answer is let through any more: what it said is lost, as on a line that has broken. */
  private now(delayMs: number): void {
    const { pull } = this;
    this.kill = undefined;
    if (delayMs === 0) pull();
    else setTimeout(pull, delayMs);
  }
}
