import { Inject, Injectable } from '@nestjs/common';
import {
  exportLines, formatNote, formatReceipt, formatVerifierKey, inclusionRanges, NOTE_SIGNATURE, signCheckpoint,
  verifierKey, type Frontier,
  type SignedNote, type VerifierKey,
} from '#libs/audit';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { auditSigner, type AuditSigner } from '../platform/keys/audit-signer.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLog } from './audit-log.service.js';

/** The log as outsiders get it: signed checkpoints and whole exports. */
@Injectable()
export class AuditExport {
  private readonly signer: AuditSigner;
  private readonly key: VerifierKey;
  private readonly origin: string;

  constructor(
    private readonly log: AuditLogRepository,
    private readonly auditLog: AuditLog,
    @Inject(SERVICE_CONTEXT) context: ServiceContext,
  ) {
    this.origin = context.settings.auditOrigin;
    this.signer = auditSigner(context.settings.keys);
    this.key = verifierKey(this.origin, NOTE_SIGNATURE, this.signer.publicKey);
  }

  /** C2SP verifier key line. Publish it where the operator of the service cannot change it. */
  verifierKeyLine(): string {
    return `${formatVerifierKey(this.key)}\n`;
  }

  /** The tree of this moment as a signed note (C2SP tlog-checkpoint). */
  async checkpoint(): Promise<string> {
    return formatNote(this.signed(await this.log.head()));
  }

  /** The lines of the whole log. The reading is logged first, and is therefore the last leaf or near it. */
  async export(principal: ActingPrincipal): Promise<AsyncGenerator<string>> {
    await this.log.database.transaction((manager) => this.auditLog.append(manager, {
      actor: principal.subject, role: principal.role, action: 'audit-log.read',
      object: `audit-log:${this.origin}`, outcome: 'accepted',
    }));
    const head = await this.log.head();
    return exportLines({ key: this.key, witnesses: [] }, this.log.leaves(head.size), this.signed(head));
  }

  /**
   * Proves one event offline: for `vinculum audit verify --receipt`. The checkpoint is this moment's.
   * Reads the hash of every leaf once.
   *
   * @param seq an event that is in the log.
   */
  async receipt(seq: number): Promise<string> {
    const event = await this.log.leaf(seq);
    if (event === undefined) throw new Error(`the log has no event ${seq}`);
    const head = await this.log.head();
    const proof: Uint8Array[] = [];
    for (const range of inclusionRanges(seq, head.size)) proof.push(await this.log.subtreeRoot(range));
    return formatReceipt(event, { index: seq, proof, checkpoint: this.signed(head) });
  }

  private signed(head: Frontier): SignedNote {
    return signCheckpoint(
      { origin: this.origin, size: head.size, rootHash: head.root() }, this.key, this.signer.sign);
  }
}
