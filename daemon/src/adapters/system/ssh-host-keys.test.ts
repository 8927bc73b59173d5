import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHostKeys } from '#adapters/system/ssh-host-keys.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vastrox-host-keys-')), 'ssh')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

const invalid = expect.objectContaining({ code: 'SSH_HOST_KEY_INVALID' })

describe('the host keys of the SSH server', () => {
  it('are made once, an Ed25519 and an RSA key of 3,072 bits that nobody else can read', async () => {
    const { privateKeys, publicKeys } = await openHostKeys(folder)

    expect(publicKeys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa'])
    expect(await openHostKeys(folder)).toEqual({ privateKeys, publicKeys })
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const parsed = privateKeys.map((key) => ssh2.utils.parseKey(key))
    for (const [at, key] of parsed.entries()) {
      if (key instanceof Error) throw key
      expect(key.getPublicSSH().toString('base64')).toBe(publicKeys[at]?.publicKey.split(' ')[1])
      expect(key.isPrivateKey()).toBe(true)
      expect(key.verify('hello', key.sign('hello'))).toBe(true)
    }
    expect((await readFile(join(folder, 'ssh_host_rsa_key.pub'), 'utf8')).length).toBeGreaterThan(
      520,
    )
  })

  it('are never made anew where one is damaged or others can read it', async () => {
    await openHostKeys(folder)
    const path = join(folder, 'ssh_host_ed25519_key')
    await chmod(path, 0o640)
    await expect(openHostKeys(folder)).rejects.toThrow(invalid)

    await chmod(path, 0o600)
    await writeFile(path, 'damaged')
    await expect(openHostKeys(folder)).rejects.toThrow(invalid)
    expect(await readFile(path, 'utf8')).toBe('damaged')
  })

  it('are made again, one by one, where they are gone', async () => {
    const before = await openHostKeys(folder)
    await rm(join(folder, 'ssh_host_ed25519_key'))

    const after = await openHostKeys(folder)

    expect(after.publicKeys[0]).not.toEqual(before.publicKeys[0])
    expect(after.publicKeys[1]).toEqual(before.publicKeys[1])
  })
})
