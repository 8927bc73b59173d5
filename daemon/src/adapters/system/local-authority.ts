import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIPv4, isIPv6 } from 'node:net'
import { dirname, join } from 'node:path'
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
  /** Asked each time: the platform can be moved to another domain. The first domain is its base domain. */
  permitted: () => PermittedNames
  /** Base domains from before whose names still answer. */
  formers?: () => readonly string[]
}

const OPENSSL = '/usr/bin/openssl'
const TIMEOUT_MS = 20_000
const AUTHORITY_DAYS = 3_650
const LEAF_DAYS = 90

/**
 * The local CA on disk, made at first use. When base domain or addresses are not those of the stored
 * one, another CA takes its place, and those who trusted the old one are asked again: constraints cannot
 * be widened, and root trusts no CA that may sign for more than the installation's names. The CA of a
 * base domain from before is put away, signs for the names that are still answered, and comes back when
 * a move is undone: whoever trusted it has nothing to do.
 */
export function createLocalAuthority({
  directory,
  permitted,
  formers = () => [],
}: Options): LocalAuthority {
  let opening: { wish: string; files: Promise<AuthorityFiles> } | undefined

  async function open(wanted: PermittedNames): Promise<AuthorityFiles> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const main = filesIn(directory)
    const stored = await permittedIn(main)
    if (stored && isSame(stored, wanted)) return main
    const [base] = wanted.domains
    const [before] = stored?.domains ?? []
    if (before !== undefined && before !== base) await copy(main, awayOf(directory, before))
    const away = base === undefined ? undefined : awayOf(directory, base)
    const kept = away && (await permittedIn(away))
    if (away && kept && isSame(kept, wanted)) await copy(away, main)
    else await create(main, wanted)
    return main
  }

  /** Key and certificate first; what they cover last, which is what makes them count. */
  async function create(files: AuthorityFiles, wanted: PermittedNames): Promise<void> {
    await rm(files.permitted, { force: true })
    await writeAtomically(files.key, await newKey())
    const pem = await withFile(directory, 'ca.cnf', authorityConfig(wanted), (config) =>
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
    await writeAtomically(files.permitted, JSON.stringify(wanted))
  }

  const current = (): Promise<AuthorityFiles> => {
    const wanted = permitted()
    const wish = JSON.stringify(wanted)
    if (opening?.wish === wish) return opening.files
    const before = opening?.files ?? Promise.resolve()
    const files = before.then(
      () => open(wanted),
      () => open(wanted),
    )
    opening = { wish, files }
    files.catch(() => {
      if (opening?.files === files) opening = undefined
    })
    return files
  }

  /** The base domain from before that the name is of, more than of the one of now. */
  function formerOf(name: string): string | undefined {
    const [base = ''] = permitted().domains
    const closest = [base, ...formers()]
      .filter((domain) => isWithin(name, domain))
      .toSorted((one, other) => other.length - one.length)
      .find((domain) => domain === base || existsSync(awayOf(directory, domain).permitted))
    return closest === base ? undefined : closest
  }

  return {
    certificate: async () => readFile((await current()).certificate, 'utf8'),
    async formerCertificates() {
      await current()
      const found = await Promise.all(
        formers().map((domain) => readIfThere(awayOf(directory, domain).certificate)),
      )
      return found.flatMap((pem) => pem ?? [])
    },
    covers: (name) => coversName(permitted(), name) || formerOf(name) !== undefined,
    async issue(names): Promise<IssuedCertificate> {
      const main = await current()
      const former = names[0] === undefined ? undefined : formerOf(names[0])
      const files = former === undefined ? main : awayOf(directory, former)
      const may = former === undefined ? permitted() : await permittedIn(files)
      const outside = names.find((name) => !may || !coversName(may, name))
      if (outside !== undefined) throw new Error(`the local CA may not sign for ${outside}`)
      const authorityPem = await readFile(files.certificate, 'utf8')
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

interface AuthorityFiles {
  key: string
  certificate: string
  permitted: string
}

const filesIn = (directory: string): AuthorityFiles => ({
  key: join(directory, 'ca.key'),
  certificate: join(directory, 'ca.pem'),
  permitted: join(directory, 'permitted.json'),
})

/** Where the CA of another base domain is put away; root looks for its certificate there. */
const awayOf = (directory: string, domain: string): AuthorityFiles =>
  filesIn(join(directory, `former-${domain}`))

async function permittedIn(files: AuthorityFiles): Promise<PermittedNames | undefined> {
  const stored = await readIfThere(files.permitted)
  return stored === undefined ? undefined : JSON.parse(stored)
}

/** What it covers goes first and comes last: half of a CA is none. */
async function copy(from: AuthorityFiles, to: AuthorityFiles): Promise<void> {
  const [key, certificate, permitted] = await Promise.all(
    [from.key, from.certificate, from.permitted].map((path) => readFile(path, 'utf8')),
  )
  await mkdir(dirname(to.key), { recursive: true, mode: 0o700 })
  await rm(to.permitted, { force: true })
  await writeAtomically(to.key, key ?? '')
  await writeAtomically(to.certificate, certificate ?? '', 0o644)
  await writeAtomically(to.permitted, permitted ?? '')
}

const isWithin = (name: string, domain: string): boolean =>
  name === domain || name.endsWith(`.${domain}`)

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
