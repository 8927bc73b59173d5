import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  Certificate,
  CertificateState,
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
import { keyContext } from './certificate-keys.ts'
import type { CertificateService } from './certificate-service.ts'
import { sourceOf, titleOf } from './describe-state.ts'

interface Deps {
  service: CertificateService
  certificates: CertificateStore
  wants: CertificateWantStore
  orders: CertificateOrderStore
  issuers: IssuerStore
  tools: CertificateTools
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  publish: () => Promise<void>
}

const MOST_UPLOADS = 500
const MANY_NAMES = 100

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

  /** Nothing is taken that a browser would turn away. */
  function check({ certificatePem, keyPem }: UploadCertificate): UploadedCertificate['warnings'] {
    const facts = tools.read(certificatePem)
    const now = clock.now()
    if (facts.names.length === 0) throw new CodedError('CERTIFICATE_WITHOUT_NAMES')
    if (facts.names.length > MANY_NAMES)
      throw new CodedError('CERTIFICATE_UNREADABLE', { reason: 'It names too many hosts.' })
    if (!tools.keyMatches(certificatePem, keyPem)) throw new CodedError('CERTIFICATE_KEY_WRONG')
    if (facts.chainProblem !== undefined)
      throw new CodedError('CERTIFICATE_CHAIN_BROKEN', { reason: facts.chainProblem })
    if (facts.notAfter <= now)
      throw new CodedError('CERTIFICATE_EXPIRED', {
        reason: `The certificate expired on ${facts.notAfter.toISOString().slice(0, 10)}.`,
      })
    if (facts.notBefore > now)
      throw new CodedError('CERTIFICATE_EXPIRED', {
        reason: `The certificate is not valid before ${facts.notBefore.toISOString()}.`,
      })
    const isAlone = (certificatePem.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length === 1
    return [
      ...(facts.isTrusted
        ? []
        : ['Browsers do not know the CA that its chain ends at: visitors will be warned.']),
      ...(isAlone && !facts.isTrusted
        ? ['It comes without the certificates of its CAs: some clients will not find a way to it.']
        : []),
    ]
  }

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

    /** Takes a certificate with its key, which is served from then on for all of its names. */
    async upload(actor: Actor, upload: UploadCertificate): Promise<UploadedCertificate> {
      mustBeAble(actor, 'node.change')
      const warnings = check(upload)
      const facts = tools.read(upload.certificatePem)
      const id = deps.newId()
      const uploads = certificates.listForPlatform().filter(({ issuer }) => issuer === 'uploaded')
      // One that names the same hosts takes the place of the one before.
      const before = uploads.filter(
        ({ hosts }) => hosts.toSorted().join(' ') === facts.names.toSorted().join(' '),
      )
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
