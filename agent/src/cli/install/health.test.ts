import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import type { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { untilHealthy } from '#agent/cli/install/health.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-health-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const refusing: PlatformStatus = {
  instance: 'abcdef',
  version: '1',
  dataDir: '/nowhere',
  supervisor: 'vastrox',
  processes: [
    { name: 'daemon', pid: null, since: null, restarts: 0, state: 'refused', lastExit: null },
  ],
}

it('tells why a process refuses to run this time, and what to do', async () => {
  const paths = pathsOf(folder)
  mkdirSync(paths.processLogs)
  const said = {
    event: 'daemon.refused',
    code: 'MASTER_KEY_INVALID',
    message: 'The master key cannot be used.',
    hint: 'Put it back.',
    reason: 'Others can get at master.key. Then: chmod 600 master.key',
  }
  writeFileSync(`${paths.processLogs}/daemon.log`, `starting\n${JSON.stringify(said)}\n`)

  await expect(untilHealthy({ status: async () => refusing }, { paths })).rejects.toMatchObject({
    message: `The daemon refuses to run (MASTER_KEY_INVALID): ${said.reason}`,
    hint: 'Put it back.',
  })
})
