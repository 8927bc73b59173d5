import { spawn } from 'node:child_process'
import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { run } from '@vastrox/shared/node/run.ts'
import type { SshKey } from '@vastrox/shared/ssh-key.ts'
import { UploadPassword, Uploads } from '@vastrox/shared/upload.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, tinyApp, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createSshUser, type SshUser } from '#support/ssh.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const IS_LONG = process.env['VASTROX_LONG'] === '1'
/** With --long as large as the files of an app may be, and a repository that people call large. */
const FILE_BYTES = IS_LONG ? 2_000_000_000 : 16_000_000
const REPOSITORY_FILES = IS_LONG ? 300 : 5
const REPOSITORY_FILE_BYTES = 1_000_000
const [FILES, REPOSITORY] = ['large-files', 'large-repository']
const NAME = 'größe [2] a b.bin'
const [CURL, SFTP] = ['/usr/bin/curl', '/usr/bin/sftp'] as const
const TIMEOUT_MS = 900_000

const folder = mkdtempSync(join(tmpdir(), 'vastrox-e2e-large-'))
const large = join(folder, NAME)
let user: SshUser
let key: SshKey
let password = ''
let digest = ''

beforeAll(async () => {
  await pipeline(noise(FILE_BYTES), createWriteStream(large))
  digest = await digestOf(createReadStream(large))
  await vastrox.api('POST', '/apps', { name: FILES })
  await vastrox.api('PATCH', `/apps/${FILES}/sources/uploads`, { publishOnIdle: false })
  const made = await vastrox.api('POST', `/apps/${FILES}/sources/uploads/password`)
  password = UploadPassword.parse(JSON.parse(made.body)).password
  user = await createSshUser(vastrox)
  key = await user.addKey(readFileSync(user.keyFile, 'utf8'))
})
afterAll(async () => {
  await destroyApp(vastrox, FILES)
  await destroyApp(vastrox, REPOSITORY)
  await vastrox.api('DELETE', `/ssh-keys/${key.id}`)
  user.remove()
  rmSync(folder, { recursive: true, force: true })
})

describe('a large file whose client is killed in the middle', () => {
  const sftp = (...options: string[]): string[] => [
    '-F',
    user.config,
    ...options,
    '-b',
    '-',
    `${FILES}@vastrox`,
  ]
  const curl = (...options: string[]): string[] => [
    '-sS',
    // Brackets in a name are the name's.
    '--globoff',
    '--ipv4',
    '--ssl-reqd',
    '--cacert',
    vastrox.caFile,
    '--user',
    `${FILES}:${password}`,
    ...options,
    `ftp://localhost:${vastrox.config.ftpPort}/${encodeURIComponent(NAME)}`,
  ]

  it(
    'goes on where it was over SFTP, and is what was sent',
    async () => {
      // 40 Mbit/s, where it would be over before anybody looks.
      const slowly = IS_LONG ? [] : ['-l', '40000']
      await killInTheMiddle(SFTP, sftp(...slowly), `put "${large}"\n`)

      const sent = await run(SFTP, sftp(), {
        env: user.env,
        input: `reput "${large}" "${NAME}"\n`,
        timeoutMs: TIMEOUT_MS,
      })

      expect([sent.exitCode, sent.stderr]).toEqual([0, ''])
      await mustBeWhole(SFTP, sftp(), `get "${NAME}" "${large}.back"\nrm "${NAME}"\n`)
    },
    TIMEOUT_MS,
  )

  it(
    'goes on where it was over FTPS, and is what was sent',
    async () => {
      const slowly = IS_LONG ? [] : ['--limit-rate', '5M']
      await killInTheMiddle(CURL, curl(...slowly, '-T', large), '')

      const sent = await run(CURL, curl('-C', '-', '-T', large), {
        env: user.env,
        timeoutMs: TIMEOUT_MS,
      })

      expect([sent.exitCode, sent.stderr]).toEqual([0, ''])
      await mustBeWhole(CURL, curl('-o', `${large}.back`), '')
    },
    TIMEOUT_MS,
  )
})

it(
  'A large repository is pushed over SSH, deployed, and cloned with nothing missing',
  async () => {
    const copy = createWorkingCopy({
      url: `git@vastrox:${REPOSITORY}.git`,
      caFile: vastrox.caFile,
    })
    await copy.init()
    await copy.git('config', 'core.sshCommand', `ssh -F ${user.config}`)
    copy.write(tinyApp('large'))
    for (let at = 0; at < REPOSITORY_FILES; at += 1) {
      const bytes = noise(REPOSITORY_FILE_BYTES, at + 1)
      await pipeline(bytes, createWriteStream(join(copy.path, `asset ${at}.bin`)))
    }
    await copy.commit('large')

    const pushed = await copy.push('main')

    expect(pushed.output).toContain('Application deployed as v1')
    expect(await versionOf(vastrox, REPOSITORY)).toBe('large')
    console.log(
      `${REPOSITORY_FILES} MB pushed over SSH and live in ${Math.round(pushed.durationMs / 1_000)} s`,
    )
    const clone = createWorkingCopy({ url: '', caFile: vastrox.caFile })
    const command = ['-c', `core.sshCommand=ssh -F ${user.config}`]
    await clone.git(...command, 'clone', '-q', `git@vastrox:${REPOSITORY}.git`, 'back')
    for (const name of ['asset 0.bin', `asset ${REPOSITORY_FILES - 1}.bin`])
      expect(await digestOf(createReadStream(join(clone.path, 'back', name)))).toBe(
        await digestOf(createReadStream(join(copy.path, name))),
      )
    copy.remove()
    clone.remove()
  },
  TIMEOUT_MS,
)

const state = () => vastrox.read(Uploads, `/apps/${FILES}/sources/uploads`)

/** Leaves it marked, with what had arrived. */
async function killInTheMiddle(
  program: string,
  args: readonly string[],
  input: string,
): Promise<void> {
  const client = spawn(program, args, { env: user.env, stdio: ['pipe', 'ignore', 'ignore'] })
  client.stdin.on('error', () => {
    // It is killed.
  })
  client.stdin.write(input)
  await until(
    'a third to arrive',
    async () => (await state()).usedBytes > FILE_BYTES / 3,
    TIMEOUT_MS,
  )
  client.kill('SIGKILL')
  await until('it to be marked', async () => (await state()).incomplete.includes(`/${NAME}`))
  const { usedBytes } = await state()
  expect(usedBytes).toBeLessThan(FILE_BYTES)
}

/** Fetches it back, and compares. */
async function mustBeWhole(
  program: typeof CURL | typeof SFTP,
  args: readonly string[],
  input: string,
): Promise<void> {
  const { incomplete } = await until('it to be complete', async () => {
    const now = await state()
    return now.incomplete.length === 0 && now
  })
  expect(incomplete).toEqual([])
  const got = await run(program, args, { env: user.env, input, timeoutMs: TIMEOUT_MS })
  expect([got.exitCode, got.stderr]).toEqual([0, ''])
  expect(await digestOf(createReadStream(`${large}.back`))).toBe(digest)
  rmSync(`${large}.back`)
}

/** Bytes that nothing compresses, the same for the same seed. */
function noise(bytes: number, seed = 0): Readable {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  const chunk = Buffer.alloc(1_000_000)
  return Readable.from(
    (function* () {
      for (let left = bytes; left > 0; left -= chunk.length)
        yield cipher.update(chunk.subarray(0, Math.min(left, chunk.length)))
    })(),
  )
}

async function digestOf(content: Readable): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(content, hash)
  return hash.digest('hex')
}
