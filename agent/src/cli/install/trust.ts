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

type Known = Pick<
  Installation['config'],
  'instance' | 'baseDomain' | 'publicAddress' | 'formerDomains'
>

/** Gives the local CA's certificate to people, and makes this machine trust it. Says whether it is new. */
export async function publishAuthority({ paths, config }: Installation): Promise<boolean> {
  const certificate = await readCertificate(`${paths.localAuthority}/ca.pem`)
  const pem = certificate.toString()
  await checkConstraints(pem, config)
  const former = await formerCertificates(paths.localAuthority, config)
  await writeAtomically(paths.caFile, [pem, ...former].join(''), 0o644)
  await removeStaleAnchor(config, former)
  // A domain that the dashboard has chosen is trusted once somebody with root says so.
  if (config.baseDomainBy === 'dashboard') return false
  const anchor = anchorOf(config.instance)
  if ((await readFile(anchor, 'utf8').catch(() => '')) === pem) return false
  await mkdir(ANCHORS, { recursive: true })
  await keepAnchorOfBefore(anchor, config, former)
  await writeAtomically(anchor, pem, 0o644)
  await updateTrusted()
  return true
}

/** Of base domains from before whose names still answer; one that may sign for more is left out. */
async function formerCertificates(directory: string, config: Known): Promise<string[]> {
  const found: string[] = []
  for (const baseDomain of config.formerDomains ?? []) {
    try {
      const pem = (await readCertificate(`${directory}/former-${baseDomain}/ca.pem`)).toString()
      await checkConstraints(pem, { ...config, baseDomain })
      found.push(pem)
    } catch {
      // There is none, or it is not to be trusted: then nobody is told to.
    }
  }
  return found
}

/** What this machine trusted until now goes on being trusted, where it is the CA of a name from before. */
async function keepAnchorOfBefore(
  anchor: string,
  { instance }: Installation['config'],
  former: readonly string[],
): Promise<void> {
  const before = await readFile(anchor, 'utf8').catch(() => '')
  if (former.includes(before)) await writeAtomically(anchorOf(`${instance}-before`), before, 0o644)
}

/** Ends what this machine trusts for names from before that do not answer any more. */
export async function forgetFormerTrust({
  paths,
  config,
}: {
  paths: Pick<Installation['paths'], 'localAuthority'>
  config: Known
}): Promise<void> {
  await removeStaleAnchor(config, await formerCertificates(paths.localAuthority, config))
}

async function removeStaleAnchor({ instance }: Known, former: readonly string[]): Promise<void> {
  const before = await readFile(anchorOf(`${instance}-before`), 'utf8').catch(() => '')
  if (before !== '' && !former.includes(before)) await removeAnchors([`${instance}-before`])
}

/** Takes the trust back. */
export const removeTrust = (instance: string): Promise<void> =>
  removeAnchors([instance, `${instance}-before`])

/** The links to them are ours to remove: the update leaves them dangling. */
async function removeAnchors(ours: readonly string[]): Promise<void> {
  for (const each of ours) await rm(anchorOf(each), { force: true })
  await updateTrusted()
  const names = ours.map((each) => `vastrox-${each}.pem`)
  for (const entry of await readdir(TRUSTED).catch(() => [])) {
    const path = `${TRUSTED}/${entry}`
    if (names.includes(entry) || names.includes(await readlink(path).catch(() => '')))
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

/** apt runs it too, without a lock: whoever comes second while it goes on fails, and succeeds behind it. */
const updateTrusted = (): Promise<string> => mustRun(UPDATE, []).catch(() => mustRun(UPDATE, []))
