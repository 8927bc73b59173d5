import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  findLocalRepository,
  readPlace,
  sayPlace,
  withoutPassword,
} from '#agent/cli/install/restore/repository-place.ts'

describe('what --restore is given', () => {
  it.each([
    ['/mnt/usb/backups/', { type: 'local', path: '/mnt/usb/backups' }],
    [
      'sftp:anna@nas.example:/backups/vastrox',
      { type: 'sftp', user: 'anna', host: 'nas.example', port: 22, path: '/backups/vastrox' },
    ],
    [
      'sftp://anna@[2001:db8::1]:2022//backups',
      { type: 'sftp', user: 'anna', host: '2001:db8::1', port: 2022, path: '/backups' },
    ],
    [
      's3:https://s3.example.com/bucket/server/one',
      { type: 's3', endpoint: 'https://s3.example.com', bucket: 'bucket', prefix: 'server/one' },
    ],
  ])('%s', (text, place) => {
    expect(readPlace(text)).toEqual(place)
    expect(readPlace(sayPlace(readPlace(text)))).toEqual(place)
  })

  it.each([
    'backups',
    'sftp:nas.example',
    's3:ftp://s3.example.com/bucket',
    's3:https://s3.example.com',
    'rest:https://example.com',
    'sftp://anna@nas -oProxyCommand=x:22//b',
    'sftp:-oProxyCommand=x@nas:/b',
    's3:https://key:secret@s3.example.com/bucket',
  ])('refuses %s, in words', (text) => {
    expect(() => readPlace(text)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('s3:https://') }),
    )
  })

  it('says no password that stands in an address', () => {
    expect(withoutPassword('s3:https://key:topsecret@s3.example.com/b')).not.toContain('topsecret')
    expect(withoutPassword('sftp:anna:topsecret@nas:/b')).not.toContain('topsecret')
  })
})

describe('a folder on a disk that somebody brought', () => {
  let home: string
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'vastrox-place-'))
  })
  afterEach(() => rm(home, { recursive: true, force: true }))

  async function repository(path: string): Promise<string> {
    for (const name of ['keys', 'snapshots', 'data'])
      await mkdir(join(home, path, name), { recursive: true })
    await writeFile(join(home, path, 'config'), '')
    return join(home, path)
  }

  it('is searched for the one repository that is in it', async () => {
    const path = await repository('disk/vastrox/main')

    expect(await findLocalRepository(home)).toBe(path)
    expect(await findLocalRepository(path)).toBe(path)
  })

  it('asks which one, where there are several, and says when there is none', async () => {
    await expect(findLocalRepository(home)).rejects.toThrow('There is no repository')
    const [one, other] = [await repository('one'), await repository('other')]

    await expect(findLocalRepository(home)).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringMatching(`${one}.*${other}|${other}.*${one}`) }),
    )
  })
})
