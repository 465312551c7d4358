import { Roles1763800000001 } from './1763800000001-roles.js';
import { AuditLog1763800000002 } from './1763800000002-audit-log.js';
import { Governance1763800000003 } from './1763800000003-governance.js';
import { Extracts1763800000004 } from './1763800000004-extracts.js';
import { Links1763800000005 } from './1763800000005-links.js';
import { Releases1763800000006 } from './1763800000006-releases.js';
import { ExtractParts1763800000007 } from './1763800000007-extract-parts.js';
import { CohortApprovals1763800000008 } from './1763800000008-cohort-approvals.js';
import { SealedKeys1763800000021 } from './1763800000021-sealed-keys.js';
import { ResumableUploads1763800000031 } from './1763800000031-resumable-uploads.js';
import { Door1763800000041 } from './1763800000041-door.js';
import { Retention1763800000051 } from './1763800000051-retention.js';
import { Objections1763800000052 } from './1763800000052-objections.js';
import { SealedContent1763800000061 } from './1763800000061-sealed-content.js';
import { ObjectionTokens1763800000071 } from './1763800000071-objection-tokens.js';

/** In order of application. Forward only: a migration that has been released is never edited. */
export const MIGRATIONS = [
  Roles1763800000001, AuditLog1763800000002, Governance1763800000003, Extracts1763800000004,
  Links1763800000005, Releases1763800000006, ExtractParts1763800000007, CohortApprovals1763800000008,
  SealedKeys1763800000021,
  ResumableUploads1763800000031,
  Door1763800000041,
  Retention1763800000051, Objections1763800000052,
  SealedContent1763800000061,
  ObjectionTokens1763800000071,
] as const;
