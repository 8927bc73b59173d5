import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Backup, CreatedDestination, Destination, SubjectOverview } from '@vastrox/shared/backup.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { destroyApp, tinyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const APP = 'e2e-backups'
const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
/** Outside of everything that is Vastrox's: what is there is what a broken server leaves. */
const root = `/var/tmp/vastrox-e2e-backups-${process.pid}`
const secret = `zq-secret-${process.pid}`

const app = {
  ...tinyApp(
    'v1',
    `require('node:fs').writeFileSync('/data/visits.txt', 'one visit and its ${secret}')`,
  ),
  'vastrox.json': JSON.stringify({ volumes: { data: { path: '/data' } } }),
}

beforeAll(async () => {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const allowed = await vastrox.command('destinations', 'allow', root)
  if (allowed.exitCode !== 0) throw new Error(allowed.stderr)
  await copy.init()
  copy.write(app)
  await copy.commit('v1')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
})
afterAll(async () => {
  await vastrox.api('DELETE', '/destinations/e2e-vault', { confirm: 'e2e-vault' })
  await destroyApp(vastrox, APP)
  copy.remove()
  rmSync(root, { recursive: true, force: true })
})

const ended = (id: string): Promise<Backup> =>
  until('the backup to end', async () => {
    const backup = await vastrox.read(Backup, `/backups/${id}`)
    return backup.state === 'done' || backup.state === 'failed' ? backup : undefined
  })

it('an app is backed up by one act, encrypted, and each backup is read again; a flipped byte is found', async () => {
  const roots = JSON.parse((await vastrox.api('GET', '/backup-roots')).body).items
  const { rootId } = roots.find(({ path }: { path: string }) => path === root)
  const created = CreatedDestination.parse(
    JSON.parse(
      (
        await vastrox.api('POST', '/destinations', {
          name: 'e2e-vault',
          kind: 'local',
          settings: { rootId },
        })
      ).body,
    ),
  )
  expect(created.location.startsWith(`${root}/`)).toBe(true)

  const asked = await vastrox.api('POST', `/apps/${APP}/backups`, { destination: 'e2e-vault' })
  expect(asked.status, asked.body).toBe(202)
  const group = pageOf(Backup).parse(JSON.parse(asked.body)).items
  const done = await Promise.all(group.map(({ id }) => ended(id)))

  expect(
    done.map(({ subject, state, reason }) => [`${subject.type}:${subject.name}`, state, reason]),
  ).toEqual([
    [`app:${APP}`, 'done', null],
    [`volume:${APP}/data`, 'done', null],
  ])
  expect(done.every(({ verifiedAt }) => typeof verifiedAt === 'string')).toBe(true)

  const [ofApp, ofVolume] = done
  const tar = await vastrox.api('GET', `/backups/${ofApp?.id}/content`)
  expect(tar.body).toContain('server.js')
  expect(tar.body).toContain('.vastrox-backup/env.json')
  const files = await vastrox.api('GET', `/backups/${ofVolume?.id}/content`)
  expect(files.body).toContain(`one visit and its ${secret}`)
  const subjects = await vastrox.read(pageOf(SubjectOverview), '/backup-subjects?limit=200')
  expect(subjects.items.find(({ subject }) => subject.name === APP)).toMatchObject({ backups: 1 })

  // In the clear nothing of it lies there.
  const packs = filesBelow(join(created.location, 'data'))
  expect(packs.length).toBeGreaterThan(0)
  expect(packs.some((path) => readFileSync(path).includes(secret))).toBe(false)

  const [largest] = packs.toSorted((one, other) => statSync(other).size - statSync(one).size)
  const bytes = readFileSync(largest ?? '')
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
  writeFileSync(largest ?? '', bytes)
  const checked = await vastrox.command('destinations:check', 'e2e-vault')
  expect(checked.exitCode).toBe(1)
  const destination = await vastrox.read(Destination, '/destinations/e2e-vault')
  expect(destination.checkFailure).toMatch(/cannot be restored from here any more/)
})

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
