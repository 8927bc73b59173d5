import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createLfsObjects } from './lfs-objects.ts'

it('asks a host that takes its time for nothing more once the look is over', async () => {
  const repository = mkdtempSync(join(tmpdir(), 'vastrox-lfs-'))
  onTestFinished(() => rmSync(repository, { recursive: true }))
  const late = new AbortController()
  let asked = 0
  const objects = createLfsObjects({
    addresses: { resolve: async () => ['192.0.2.1'] },
    http: {
      async send() {
        asked += 1
        if (asked === 2) late.abort(new Error('20 minutes'))
        return { status: 200, headers: {}, body: '{"objects":[]}' }
      },
    },
    download: async () => undefined,
    maxBytes: 2 ** 20,
  })
  const pointers = Array.from({ length: 1_000 }, (_one, at) => ({
    path: `${at}.bin`,
    oid: String(at).padStart(64, '0'),
    sizeBytes: 1,
  }))
  const remote = {
    appId: 'app00001',
    url: 'https://git.example.com/team/shop.git',
    credentials: { kind: 'open' as const },
    hostKey: null,
  }

  await expect(
    objects.fetch(repository, pointers, { remote, signal: late.signal }),
  ).rejects.toThrow('20 minutes')
  expect(asked).toBe(2)
})
