import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { KeysWish } from '#agent/cli/install/options.ts'
import { type KeysFile, keysOfThisServer, setUpSsh } from '#agent/cli/install/ssh-step.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIYkmqvNE3qs9ayjOEf7ky2lfHu4hP6EFpcDyqt6/kiu'
const AT = '2026-11-26T12:00:00.000Z'
const shown = (name: string) => ({
  id: 'k1',
  name,
  user: 'admin',
  type: 'ssh-ed25519',
  fingerprint: 'SHA256:x',
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  lastUsedAddress: null,
})
const ACCESS = {
  host: 'localhost',
  port: 2222,
  hostKeys: [],
  connections: { open: 0, git: 0, console: 0, sftp: 0 },
}

interface World {
  wish?: KeysWish
  answer?: string | undefined
  atTerminal?: boolean
  known?: boolean
  files?: KeysFile[]
}

async function setUp(world: World = {}) {
  const { wish = 'ask', answer, atTerminal = true, known = false } = world
  const { files = [{ of: 'root', text: `${KEY} anna@laptop\n# x\n` }] } = world
  const said: string[] = []
  const imported: (string | undefined)[] = []
  const questions: string[] = []
  const ask = async <Schema extends z.ZodType>(
    args: readonly string[],
    schema: Schema,
    stdin?: string,
  ): Promise<z.output<Schema>> => {
    if (args[0] === 'keys') return schema.parse(known ? [shown('there')] : [])
    if (args[0] === 'ssh') return schema.parse(ACCESS)
    imported.push(stdin)
    const skipped = [{ line: 2, reason: 'It is limited by restrict.' }]
    return schema.parse({ added: [shown('anna@laptop')], skipped })
  }
  const access = await setUpSsh({
    ask,
    say: (line) => said.push(line),
    question: atTerminal
      ? async (text) => {
          questions.push(text)
          return answer
        }
      : undefined,
    wish,
    files: async () => files,
    command: 'vastrox',
  })
  return { said, imported, questions, access }
}

describe('the SSH keys that install.sh takes over', () => {
  it('are offered by name, and taken where whoever is there agrees', async () => {
    const { questions, imported, said, access } = await setUp({ answer: '' })

    expect(questions).toEqual([expect.stringContaining('anna@laptop (root)? [Y/n]')])
    expect(imported).toEqual([`${KEY} anna@laptop\n# x\n`])
    expect(said).toEqual([
      '  SSH keys: 1 taken over from root.',
      '    left out line 2: It is limited by restrict.',
    ])
    expect(access).toEqual(ACCESS)
  })

  it.each<[string, World]>([
    ['the answer is no', { answer: 'n' }],
    ['there is no answer', {}],
    ['there is no terminal', { atTerminal: false }],
    ['there are none', { files: [], answer: 'y' }],
    ['what is there is no key', { files: [{ of: 'root', text: 'hello' }], answer: 'y' }],
  ])('are left where they are when %s, and it says how to add one', async (_why, world) => {
    const { imported, said } = await setUp(world)

    expect(imported).toEqual([])
    expect(said).toEqual([expect.stringContaining('SSH keys: none taken over; vastrox keys:add')])
  })

  it('are not asked about where there are keys already, or by --no-keys', async () => {
    expect(await setUp({ known: true, answer: 'y' })).toMatchObject({ questions: [], said: [] })
    expect(await setUp({ wish: 'none', answer: 'y' })).toMatchObject({ questions: [], said: [] })
  })
})

describe('where they are', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vastrox-keys-'))
    for (const user of ['root', 'anna']) mkdirSync(join(dir, user, '.ssh'), { recursive: true })
    writeFileSync(
      join(dir, 'passwd'),
      `root:x:0:0::${dir}/root:/bin/sh\nanna:x:1000:1000::${dir}/anna:/bin/sh\n`,
    )
    writeFileSync(join(dir, 'root/.ssh/authorized_keys'), 'of root')
  })
  afterEach(() => rmSync(dir, { recursive: true }))
  const files = (sudoUser?: string) =>
    keysOfThisServer({ SUDO_USER: sudoUser }, join(dir, 'passwd'))

  it('is with root and whoever used sudo', async () => {
    writeFileSync(join(dir, 'anna/.ssh/authorized_keys'), 'of anna')

    expect(await files('anna')).toEqual([
      { of: 'root', text: 'of root' },
      { of: 'anna', text: 'of anna' },
    ])
    expect(await files()).toEqual([{ of: 'root', text: 'of root' }])
    expect(await files('nobody-there')).toHaveLength(1)
  })

  it('is never where a link of theirs leads', async () => {
    symlinkSync(join(dir, 'root/.ssh/authorized_keys'), join(dir, 'anna/.ssh/authorized_keys'))

    expect(await files('anna')).toEqual([{ of: 'root', text: 'of root' }])
  })

  it('is a file that was named, or the step says that it cannot be read', async () => {
    const wish = { file: join(dir, 'root/.ssh/authorized_keys') }

    expect((await setUp({ wish, atTerminal: false })).imported).toEqual(['of root'])
    await expect(setUp({ wish: { file: join(dir, 'missing') } })).rejects.toThrow('cannot be read')
  })
})
