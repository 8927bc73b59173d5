import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIPv4, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { run } from '@vastrox/shared/node/run.ts'
import {
  authorityConfig,
  coversName,
  leafExtensions,
  type PermittedNames,
} from '#adapters/system/authority-text.ts'
import type { IssuedCertificate, LocalAuthority } from '#ports/local-authority.ts'

interface Options {
  /** 0700; made when missing. Key and certificate of the CA live here and go nowhere else. */
  directory: string
  permitted: PermittedNames
}

const OPENSSL = '/usr/bin/openssl'
const TIMEOUT_MS = 20_000
const AUTHORITY_DAYS = 3_650
const LEAF_DAYS = 90

/**
 * The local CA on disk, made at first use. When base domain or addresses are not those of the stored
 * one, a new CA takes its place, and those who trusted the old one are asked again: constraints cannot
 * be widened, and root trusts no CA that may sign for more than the installation's names.
 */
export function createLocalAuthority({ directory, permitted }: Options): LocalAuthority {
  const files = { key: join(directory, 'ca.key'), certificate: join(directory, 'ca.pem') }
  const permittedFile = join(directory, 'permitted.json')
  let opening: Promise<string> | undefined

  async function open(): Promise<string> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const stored = await readIfThere(permittedFile)
    if (stored !== undefined && isSame(JSON.parse(stored), permitted))
      return readFile(files.certificate, 'utf8')
    return create()
  }

  /** Key and certificate first; what they cover last, which is what makes them count. */
  async function create(): Promise<string> {
    await writeAtomically(files.key, await newKey())
    const pem = await withFile(directory, 'ca.cnf', authorityConfig(permitted), (config) =>
      openssl([
        'req',
        '-x509',
        '-new',
        '-sha256',
        `-days=${AUTHORITY_DAYS}`,
        `-key=${files.key}`,
        `-config=${config}`,
        '-extensions=authority',
        `-set_serial=${newSerial()}`,
      ]),
    )
    await writeAtomically(files.certificate, pem, 0o644)
    await writeAtomically(permittedFile, JSON.stringify(permitted))
    return pem
  }

  const certificate = (): Promise<string> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  return {
    certificate,
    covers: (name) => coversName(permitted, name),
    async issue(names): Promise<IssuedCertificate> {
      const outside = names.find((name) => !coversName(permitted, name))
      if (outside !== undefined) throw new Error(`the local CA may not sign for ${outside}`)
      const authorityPem = await certificate()
      const { publicKey, privateKey } = await newKeyPair()
      const leaf = await withFile(directory, 'leaf.pub', publicKey, (publicFile) =>
        withFile(directory, 'leaf.cnf', leafExtensions(names), (extensions) =>
          openssl([
            'x509',
            '-new',
            '-sha256',
            `-days=${LEAF_DAYS}`,
            '-subj=/CN=Vastrox',
            `-force_pubkey=${publicFile}`,
            `-CA=${files.certificate}`,
            `-CAkey=${files.key}`,
            `-extfile=${extensions}`,
            '-extensions=leaf',
            `-set_serial=${newSerial()}`,
          ]),
        ),
      )
      return {
        certificatePem: `${leaf.trim()}\n${authorityPem.trim()}\n`,
        keyPem: privateKey,
        notAfter: new Date(new X509Certificate(leaf).validTo),
      }
    },
  }
}

const isSame = (stored: PermittedNames, wanted: PermittedNames): boolean =>
  hasAll(stored.domains, wanted.domains) &&
  hasAll(wanted.domains, stored.domains) &&
  hasAll(stored.addresses, wanted.addresses) &&
  hasAll(wanted.addresses, stored.addresses)

const hasAll = (list: readonly string[], names: readonly string[]): boolean =>
  names.every((name) => list.includes(name))

const generate = promisify(generateKeyPair)

const newKeyPair = () =>
  generate('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

const newKey = async (): Promise<string> => (await newKeyPair()).privateKey

/** 127 random bits: unique without a register, positive as DER wants it. */
function newSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return `0x${bytes.toString('hex')}`
}

async function openssl(args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(OPENSSL, args, { timeoutMs: TIMEOUT_MS })
  if (exitCode !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr.trim()}`)
  return stdout.toString()
}

/** openssl takes configuration and public keys from files only. */
async function withFile<T>(
  directory: string,
  name: string,
  content: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(directory, 'work-'))
  try {
    const path = join(home, name)
    await writeFile(path, content, { mode: 0o600 })
    return await work(path)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** What the certificate of dashboard, API and git is for. */
export const dashboardNames = (baseDomain: string, publicAddress: string): string[] => [
  ...new Set([baseDomain, 'localhost', '127.0.0.1', '::1', publicAddress]),
]

/** Everything that the CA of an installation may ever sign for. */
export const permittedNames = (baseDomain: string, publicAddress: string): PermittedNames => ({
  domains: [...new Set([baseDomain, 'localhost'])],
  addresses: [...new Set(['127.0.0.1', '::1', publicAddress])].filter(
    (address) => isIPv4(address) || isIPv6(address),
  ),
})
