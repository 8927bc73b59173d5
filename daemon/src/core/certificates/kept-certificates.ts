import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  Certificate,
  CertificateEvent,
  CertificateState,
  CheckedCertificate,
  UploadCertificate,
  UploadedCertificate,
} from '@vastrox/shared/certificate.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { CertificateTools } from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { CertificateOrderStore } from '#store/certificate-order-store.ts'
import type { CertificateRecord, CertificateStore } from '#store/certificate-store.ts'
import type { CertificateWantStore } from '#store/certificate-want-store.ts'
import type { Transact } from '#store/database.ts'
import type { IssuerStore } from '#store/issuer-store.ts'
import type { CertificateHistory } from './certificate-history.ts'
import { keyContext } from './certificate-keys.ts'
import type { CertificateService } from './certificate-service.ts'
import { sourceOf, titleOf } from './describe-state.ts'
import { inspectUpload } from './inspect-upload.ts'
import { covers, namesKey, namesOf } from './names.ts'

interface Deps {
  service: CertificateService
  certificates: CertificateStore
  wants: CertificateWantStore
  orders: CertificateOrderStore
  issuers: IssuerStore
  tools: CertificateTools
  history: CertificateHistory
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  publish: () => Promise<void>
}

const MOST_UPLOADS = 500
/** Hosts that a wildcard may be the certificate of; nobody reads more. */
const MOST_SHOWN = 200

/** Certificates as people deal with them: looking, renewing by hand, bringing one's own. */
export function createKeptCertificates(deps: Deps) {
  const { service, certificates, wants, tools, secretBox, audit, clock, transact } = deps

  const titleFor = (id: string): string => deps.issuers.findForPlatform(id)?.title ?? id

  function toCertificate(record: CertificateRecord): Certificate {
    return {
      id: record.id,
      names: record.hosts,
      source: sourceOf(record),
      issuer: titleOf(record, titleFor),
      profile: record.profile === '' ? null : record.profile,
      notBefore: record.notBefore,
      notAfter: record.notAfter,
      isTrusted: record.isTrusted,
      isServed: record.hosts.some((host) => service.choice().of(host)?.id === record.id),
      renewAt: record.renewAt,
      explanationUrl: record.explanationUrl,
    }
  }

  /** Uploaded for exactly these names: it makes room for a new one. */
  const uploadedFor = (names: readonly string[]): CertificateRecord[] =>
    certificates
      .listForPlatform()
      .filter(({ issuer, hosts }) => issuer === 'uploaded' && namesKey(hosts) === namesKey(names))

  /** Every host that is served, or is to be. */
  const hosts = (): string[] => [
    ...new Set([
      ...service.choice().served.flatMap((each) => each.hosts),
      ...wants
        .listForPlatform()
        .filter(({ droppedAt }) => droppedAt === null)
        .flatMap(({ names }) => namesOf(names)),
    ]),
  ]

  return {
    /** Those of the local CA are left out: there is one for each host. */
    list(actor: Actor): Certificate[] {
      mustBeAble(actor, 'node.read')
      return certificates
        .listForPlatform()
        .filter(({ issuer }) => issuer !== 'local')
        .map(toCertificate)
    },

    /** How it stands for every host that is to have one. */
    states(actor: Actor): CertificateState[] {
      mustBeAble(actor, 'node.read')
      return wants
        .listForPlatform()
        .filter(({ droppedAt }) => droppedAt === null)
        .map(({ names }) => service.stateOf(names))
    },

    /** Tries at once what would be tried later; limits of CAs, and what they asked for, hold still. */
    renew(actor: Actor, host: string): CertificateState {
      mustBeAble(actor, 'node.change')
      const name = host.toLowerCase()
      const want = wants.findForPlatform(name)
      if (!want || want.droppedAt !== null) throw new CodedError('CERTIFICATE_NOT_WANTED', { host })
      transact(() => {
        service.renewNow(name)
        audit.append({ actor, action: 'certificate.renew', target: name })
      })
      return service.stateOf(name)
    },

    /** What became of the host's certificate, step by step, latest first. */
    history(actor: Actor, host: string): CertificateEvent[] {
      mustBeAble(actor, 'node.read')
      const names = namesKey([host])
      const found = deps.history.of(names)
      if (found.length === 0 && !wants.findForPlatform(names))
        throw new CodedError('CERTIFICATE_NOT_WANTED', { host })
      return found
    },

    /** What a certificate would do here; nothing is kept of it. Throws as `upload` would. */
    check(actor: Actor, upload: UploadCertificate): CheckedCertificate {
      mustBeAble(actor, 'node.change')
      const { facts, warnings } = inspectUpload(tools, upload, clock.now())
      return {
        names: [...facts.names],
        issuer: facts.issuedBy,
        notBefore: facts.notBefore.toISOString(),
        notAfter: facts.notAfter.toISOString(),
        isTrusted: facts.isTrusted,
        hosts: hosts()
          .filter((host) => covers(facts.names, host))
          .toSorted()
          .slice(0, MOST_SHOWN),
        replaces: uploadedFor(facts.names).length > 0,
        warnings,
      }
    },

    /** Takes a certificate with its key, which is served from then on for all of its names. */
    async upload(actor: Actor, upload: UploadCertificate): Promise<UploadedCertificate> {
      mustBeAble(actor, 'node.change')
      const { facts, warnings } = inspectUpload(tools, upload, clock.now())
      const id = deps.newId()
      const uploads = certificates.listForPlatform().filter(({ issuer }) => issuer === 'uploaded')
      const before = uploadedFor(facts.names)
      if (uploads.length - before.length >= MOST_UPLOADS)
        throw new CodedError('CERTIFICATE_UNREADABLE', {
          reason: `There are ${MOST_UPLOADS} uploaded certificates already: remove some first.`,
        })
      const record: CertificateRecord = {
        id,
        teamId: actor.teamId,
        issuer: 'uploaded',
        hosts: [...facts.names],
        certificatePem: upload.certificatePem,
        keySealed: secretBox.seal(upload.keyPem, keyContext(id)),
        notAfter: facts.notAfter.toISOString(),
        createdAt: clock.now().toISOString(),
        issuedBy: facts.issuedBy,
        profile: null,
        notBefore: facts.notBefore.toISOString(),
        fingerprint: facts.fingerprint,
        isTrusted: facts.isTrusted,
        servedAt: null,
        renewAt: null,
        askAgainAt: null,
        explanationUrl: null,
        alarmedMs: null,
      }
      transact(() => {
        certificates.insertForPlatform(record)
        for (const each of before) certificates.removeForPlatform(each.id)
        const details = { id, notAfter: record.notAfter }
        audit.append({
          actor,
          action: 'certificate.upload',
          target: facts.names.join(' '),
          details,
        })
      })
      service.changed()
      await deps.publish()
      return { certificate: toCertificate(record), warnings }
    },

    /** Only uploaded ones are anybody's to remove; the next best is served in its place. */
    async remove(actor: Actor, id: string): Promise<void> {
      mustBeAble(actor, 'node.change')
      const record = certificates.findForPlatform(id)
      if (record?.issuer !== 'uploaded') throw new CodedError('CERTIFICATE_NOT_FOUND', { id })
      transact(() => {
        certificates.removeForPlatform(id)
        const target = record.hosts.join(' ')
        audit.append({ actor, action: 'certificate.remove', target, details: { id } })
      })
      service.changed()
      await deps.publish()
    },
  }
}
export type KeptCertificates = ReturnType<typeof createKeptCertificates>
