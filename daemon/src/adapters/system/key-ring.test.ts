import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyRing } from '#adapters/system/key-ring.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'

const coded = (code: string, reason: RegExp = /./) =>
  expect.objectContaining({
    code,
    details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
  })

describe('the master keys (rules C10, S7)', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-key-'))
    path = join(folder, 'master.key')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('begin with one that is made for a new installation, readable by its owner only, and kept', async () => {
    const made = await openKeyRing(path, { create: true })
    const again = await openKeyRing(path, { create: true })
    const later = await openKeyRing(path, { create: false })

    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(again.ids()).toEqual(made.ids())
    expect(later.newest().deriveKey('a')).toEqual(made.newest().deriveKey('a'))
    expect(made.newest().deriveKey('b')).not.toEqual(made.newest().deriveKey('a'))
  })

  it('are never made anew where they are missing', async () => {
    await expect(openKeyRing(path, { create: false })).rejects.toMatchObject({
      code: 'MASTER_KEY_MISSING',
    })
    expect(() => statSync(path)).toThrow('ENOENT')
  })

  it('are refused when others can read them or enter their directory, in words with what to do', async () => {
    await openKeyRing(path, { create: true })
    chmodSync(path, 0o640)
    await expect(openKeyRing(path, { create: false })).rejects.toEqual(
      coded('MASTER_KEY_INVALID', new RegExp(`rights are 640.*chmod 600 ${path}`)),
    )
    chmodSync(path, 0o600)
    chmodSync(folder, 0o755)
    await expect(openKeyRing(path, { create: false })).rejects.toEqual(
      coded('MASTER_KEY_INVALID', new RegExp(`rights are 755.*chmod 700 ${folder}`)),
    )
    chmodSync(folder, 0o700)
    await openKeyRing(path, { create: false })
  })

  it.each(['', '\n', 'abc', 'g'.repeat(64), `${'a'.repeat(64)}\nshort`, 'a'.repeat(62)])(
    'are refused when they are cut short or no keys: %j',
    async (text) => {
      writeFileSync(path, text, { mode: 0o600 })
      await expect(openKeyRing(path, { create: true })).rejects.toEqual(coded('MASTER_KEY_INVALID'))
      expect(readFileSync(path, 'utf8')).toBe(text)
      expect(() => masterKeyOf(Buffer.alloc(31))).toThrow(
        expect.objectContaining({ code: 'MASTER_KEY_INVALID' }),
      )
    },
  )

  it('can be several: the newest seals, older ones open until they are dropped', async () => {
    const ring = await openKeyRing(path, { create: true })
    const box = createSecretBox(ring)
    const before = box.seal('secret', 'c')
    const [old = ''] = ring.ids()

    const added = await ring.add()
    const after = box.seal('secret', 'c')

    expect(ring.ids()).toEqual([added, old])
    expect(after.subarray(1, 5).toString('hex')).toBe(added)
    expect([box.open(before, 'c'), box.open(after, 'c')]).toEqual(['secret', 'secret'])
    const next = createSecretBox(await openKeyRing(path, { create: false }))
    expect([next.open(before, 'c'), next.open(after, 'c')]).toEqual(['secret', 'secret'])

    await ring.drop([added, old])
    expect(ring.ids()).toEqual([added])
    // What was read before may still be opened by whoever read it.
    expect(box.open(before, 'c')).toBe('secret')
    const last = createSecretBox(await openKeyRing(path, { create: false }))
    expect(last.open(after, 'c')).toBe('secret')
    expect(() => last.open(before, 'c')).toThrow(
      expect.objectContaining({ code: 'SECRET_UNREADABLE' }),
    )
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('come from a systemd credential where there is one, and are changed there', async () => {
    const stored = await openKeyRing(path, { create: true })
    const sealed = createSecretBox(stored).seal('secret', 'c')
    const credentials = join(folder, 'credentials')
    mkdirSync(credentials, { mode: 0o700 })
    writeFileSync(join(credentials, 'vastrox-master-key'), `${'ab'.repeat(32)}\n`, { mode: 0o400 })

    const ring = await openKeyRing(path, { create: false, credentials })

    expect(ring.origin()).toBe('credential')
    expect(ring.ids()).toEqual([
      masterKeyOf(Buffer.from('ab'.repeat(32), 'hex')).id.toString('hex'),
      ...stored.ids(),
    ])
    expect(ring.ownIds()).toEqual(stored.ids())
    expect(createSecretBox(ring).open(sealed, 'c')).toBe('secret')
    await expect(ring.add()).rejects.toEqual(coded('MASTER_KEY_GIVEN', /restart the service/))

    await ring.drop(stored.ids())
    expect(existsSync(path)).toBe(false)
    expect((await openKeyRing(path, { create: false, credentials })).ids()).toHaveLength(1)
  })

  it('are made where the service has no such credential', async () => {
    const ring = await openKeyRing(path, { create: true, credentials: folder })
    expect(ring.origin()).toBe('file')
  })
})
