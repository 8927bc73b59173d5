import { X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { checkConstraints } from '#agent/cli/install/authority-constraints.ts'
import { openUntrusted } from '#agent/cli/install/untrusted-file.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { mustRun } from '#agent/cli/must-run.ts'

const ANCHORS = '/usr/local/share/ca-certificates'
const TRUSTED = '/etc/ssl/certs'
const UPDATE = '/usr/sbin/update-ca-certificates'
const MAX_BYTES = 16 * 2 ** 10

/** Gives the local CA's certificate to people, and makes this machine trust it. Says whether it is new. */
export async function publishAuthority({ paths, config }: Installation): Promise<boolean> {
  const certificate = await readCertificate(`${paths.localAuthority}/ca.pem`)
  const pem = certificate.toString()
  await checkConstraints(pem, config)
  await writeAtomically(paths.caFile, pem, 0o644)
  const anchor = anchorOf(config.instance)
  if ((await readFile(anchor, 'utf8').catch(() => '')) === pem) return false
  await mkdir(ANCHORS, { recursive: true })
  await writeAtomically(anchor, pem, 0o644)
  await mustRun(UPDATE, [])
  return true
}

/** Takes the trust back. The links to it are ours to remove: the update leaves them dangling. */
export async function removeTrust(instance: string): Promise<void> {
  await rm(anchorOf(instance), { force: true })
  await mustRun(UPDATE, [])
  const name = `vastrox-${instance}.pem`
  for (const entry of await readdir(TRUSTED).catch(() => [])) {
    const path = `${TRUSTED}/${entry}`
    if (entry === name || (await readlink(path).catch(() => '')) === name)
      await rm(path, { force: true })
  }
}

export const anchorOf = (instance: string): string => `${ANCHORS}/vastrox-${instance}.crt`

/** The directory belongs to the daemon's account, and we are root: nothing but a CA's certificate is taken over. */
async function readCertificate(path: string): Promise<X509Certificate> {
  const file = await openUntrusted(path)
  try {
    if ((await file.stat()).size > MAX_BYTES) throw new Error(`${path} is not a certificate`)
    const certificate = new X509Certificate(await file.readFile())
    if (!certificate.ca) throw new Error(`${path} is not the certificate of a CA`)
    return certificate
  } finally {
    await file.close()
  }
}
