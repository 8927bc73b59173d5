import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { AuthorityError } from '#ports/certificate-authority.ts'
import { type CertificateDeps, composeCertificates } from '../../src/compose-certificates.ts'

/** Certificates of a daemon that orders none: for tests of what stands around them. */
export const idleCertificates = (
  given: Pick<CertificateDeps, 'db' | 'audit' | 'events' | 'clock' | 'newId' | 'teamId'>,
) =>
  composeCertificates({
    ...given,
    config: { acmeDirectory: null, acmeCaFile: null, acmeEmail: null, httpsPort: 443 },
    version: 'test',
    local: {
      certificate: async () => '',
      formerCertificates: async () => [],
      covers: () => false,
      issue: () => Promise.reject(new Error('no certificate is made here')),
    },
    preflight: async () => ({ ok: true }),
    http: { send: () => Promise.reject(new Error('nobody is called here')) },
    publish: async () => undefined,
    onDashboard: () => undefined,
    secretBox: createSecretBox(masterKeyOf(Buffer.alloc(32, 7))),
    random: () => 0.5,
    crashPoint: () => undefined,
    onProblem: () => undefined,
    openAuthority: () => Promise.reject(new AuthorityError('the CA cannot be reached')),
    served: { isServed: async () => true },
  })
